/** Pinning namespaces by the commands of util-linux: for hosts where FFI cannot load. */
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { runSync } from '../command';
import { CommandError, hasCode, SyscallError } from '../errors';
import { findErrno } from '../strerror';

function runFor(operation: string, argv: [string, ...string[]]): void {
  try {
    runSync(argv, { env: { LC_ALL: 'C' } });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const code = hasCode(error, 'EXIT') ? findErrno(error.stderr.trim().split(': ').at(-1)!) : 'ENOSYS';
    throw new SyscallError(operation, constants.errno[code ?? 'EINVAL'], error.message);
  }
}

/**
 * Makes a network namespace and mounts it on the file at `path`; unshare(1) does both, in a process of its own.
 * @throws SyscallError
 */
export function pinNewNetnsByCommand(path: string): void {
  runFor(`create netns "${path}"`, ['unshare', `--net=${resolve(path)}`, 'true']);
}

/** Detaches the namespace from the file at `path`; that nothing is mounted there is fine, as with a bare umount2(2). */
export function unpinNetnsByCommand(path: string): void {
  try {
    runSync(['umount', '--lazy', resolve(path)]);
  } catch (error) {
    if (!hasCode(error, 'EXIT')) throw error;
  }
}
