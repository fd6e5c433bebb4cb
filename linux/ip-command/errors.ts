/**
 * iproute2's error texts as errno codes: the one place where text is matched. iproute2 prints strerror(3) after
 * `RTNETLINK answers:`, or, where the kernel explains itself, the explanation alone after `Error:`, without the errno.
 */
import { constants } from 'node:os';
import { CommandError, hasCode, SyscallError } from '../errors';
import { type ErrnoName, findErrno } from '../strerror';

/** Explanations of the kernel (net/ipv4, net/ipv6, net/core/rtnetlink.c, net/bridge) and of iproute2 itself. */
const errnoOfExplanation: [RegExp, ErrnoName][] = [
  [/^Cannot find device|^Device .* does not exist/, 'ENODEV'],
  [/^ipv[46]: address already assigned/i, 'EEXIST'],
  [/^ipv[46]: address not found/i, 'EADDRNOTAVAIL'],
  [/FIB table does not exist/, 'ENOENT'],
  [/^Nexthop has invalid gateway/, 'ENETUNREACH'],
  [/^(Nexthop device|Device for nexthop) is (not up|down)/, 'ENETDOWN'],
  [/IPv6 is disabled on/, 'EACCES'],
  [/^Unknown device type|does not allow being put on a bridge/, 'EOPNOTSUPP'],
  [/^Can not enslave a bridge to a bridge/, 'ELOOP'],
  [/^Attribute failed policy validation|alias too long/, 'ERANGE'],
];

function explained(explanation: string): ErrnoName {
  return errnoOfExplanation.find(([pattern]) => pattern.test(explanation))?.[1] ?? 'EINVAL';
}

/** The errno in what iproute2 printed, and the explanation where it gave one; EINVAL for an unknown one. */
export function parseFailure(stderr: string): { code: ErrnoName; explanation?: string } {
  const answer = /^RTNETLINK answers: (.+)$/m.exec(stderr)?.[1];
  if (answer) {
    const code = findErrno(answer);
    return code ? { code } : { code: 'EINVAL', explanation: answer };
  }
  const line = stderr.trim().split('\n')[0] ?? '';
  const explanation = line.replace(/^Error: /, '').replace(/\.$/, '');
  const code = explained(explanation);
  return code === 'ENODEV' ? { code } : { code, explanation };
}

/** What a failed command means to the caller of `operation`. */
export function asSyscallError(operation: string, error: unknown): Error {
  if (!(error instanceof CommandError)) return error as Error;
  if (hasCode(error, 'EXIT')) {
    const { code, explanation } = parseFailure(error.stderr);
    return new SyscallError(operation, constants.errno[code], explanation || undefined);
  }
  // An absent program must not look like an absent link: its ENOENT becomes ENOSYS.
  const code = hasCode(error, 'ETIMEDOUT') ? 'ETIMEDOUT' : 'ENOSYS';
  return new SyscallError(operation, constants.errno[code], error.message);
}
