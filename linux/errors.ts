import { constants } from 'node:os';

/** Kernel-internal, but nfnetlink answers it (include/linux/errno.h); Node has no name for it. */
export const ERESTART = 85;

const errnoNames = new Map(Object.entries(constants.errno).map(([name, value]) => [value, name]));
errnoNames.set(ERESTART, 'ERESTART');
const errnoTexts: Record<string, string> = {
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EBUSY: 'device or resource busy',
  EEXIST: 'file exists',
  ENODEV: 'no such device',
  EINVAL: 'invalid argument',
  ENOMEM: 'out of memory',
  EOPNOTSUPP: 'operation not supported',
  ENETUNREACH: 'network is unreachable',
  EADDRNOTAVAIL: 'cannot assign requested address',
  ESRCH: 'no such process',
  ERANGE: 'numerical result out of range',
  ERESTART: 'the state was changed by somebody else meanwhile',
};

/** The symbolic name of an errno number, such as `ENOENT`; `E<number>` when libuv does not know it. */
export function errnoName(errno: number): string {
  return errnoNames.get(errno) ?? `E${errno}`;
}

/**
 * A system call that the kernel refused.
 *
 * `code` is the errno name and is what callers match on; `message` reads `verb thing: cause`, where the cause is the
 * kernel's own text (netlink extended acknowledgement) when it gave one.
 */
export class SyscallError extends Error {
  override readonly name = 'SyscallError';
  readonly code: string;
  readonly errno: number;
  readonly kernelText: string | undefined;

  constructor(operation: string, errno: number, kernelText?: string) {
    const code = errnoName(errno);
    super(`${operation}: ${kernelText ?? errnoTexts[code] ?? code}`);
    this.code = code;
    this.errno = errno;
    this.kernelText = kernelText;
  }
}

/** An external command that could not be started (`code` ENOENT, EACCES …) or that failed (`code` EXIT). */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: string;
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(
    argv: readonly string[],
    failure: { code: string; exitCode?: number | undefined; stderr: string },
  ) {
    const cause =
      failure.stderr.trim() || (failure.code === 'EXIT' ? `exit status ${failure.exitCode}` : failure.code);
    super(`run ${argv.join(' ')}: ${cause}`);
    this.code = failure.code;
    this.exitCode = failure.exitCode;
    this.stderr = failure.stderr;
  }
}

/** True when `error` carries one of the errno or Node error codes; works across Jest's realms, unlike instanceof. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && codes.includes(code);
}
