/** Settings of another namespace by sysctl(8): for hosts where FFI cannot load, and no thread can enter it. */
import { constants } from 'node:os';
import { runSync } from '../command';
import { CommandError, hasCode, SyscallError } from '../errors';
import type { Netns } from '../netns/netns';
import { netnsPathForChildren } from '../netns/path';
import { findErrno } from '../strerror';
import type { Setting, SysctlName } from './sysctl';

/** Begun with a slash separator, a name may hold dots (sysctl(8)); it may not hold what ends a name in `name=value`. */
function keyOf(operation: string, name: SysctlName): string {
  const key = name.join('/');
  if (!/[=\s]/.test(key)) return key;
  const cause = `sysctl takes no name with "=" or a space, ${JSON.stringify(key)} has one`;
  throw new SyscallError(operation, constants.errno.EINVAL, cause);
}

function sysctlIn(netns: Netns, operation: string, args: string[]): string {
  try {
    return runSync(['nsenter', `--net=${netnsPathForChildren(netns)}`, 'sysctl', ...args], {
      env: { LC_ALL: 'C' },
    });
  } catch (error) {
    throw asSyscallError(operation, error);
  }
}

/** sysctl(8) ends each complaint with the text of the errno, but for EACCES, with which it begins. */
function asSyscallError(operation: string, error: unknown): Error {
  if (!(error instanceof CommandError)) return error as Error;
  if (!hasCode(error, 'EXIT')) return new SyscallError(operation, constants.errno.ENOSYS, error.message);
  const line = error.stderr.trim().split('\n')[0] ?? '';
  const code = /permission denied/i.test(line) ? 'EACCES' : findErrno(line.split(': ').at(-1)!);
  return new SyscallError(operation, constants.errno[code ?? 'EINVAL'], line);
}

/**
 * Writes, by one process each for reading and writing, the settings that differ.
 * @throws SyscallError as `ensureSysctl` does; ENOSYS where the programs are missing
 */
export function ensureSysctlsByCommand(netns: Netns, settings: readonly Setting[]): void {
  const operation = `set sysctls ${settings.map(({ name }) => name.join('/')).join(' ')}`;
  const keys = settings.map(({ name }) => keyOf(operation, name));
  const present = sysctlIn(netns, operation, ['-n', ...keys]).split('\n');
  const differing = settings.flatMap(({ value }, at) =>
    present[at] === String(value) ? [] : [`${keys[at]}=${value}`],
  );
  if (differing.length > 0) sysctlIn(netns, operation, ['-q', '-w', ...differing]);
}
