/**
 * A private host for tests: its own network and mount namespaces and an empty /run, so that suites run in parallel and
 * hurt nothing. It holds for the calling thread and for what that thread starts, until the process ends.
 */
import { CLONE_NEWNET, CLONE_NEWNS, check, MS_PRIVATE, MS_REC, mount, unshare } from './libc';

/**
 * Moves the calling thread into a new private host.
 * @param emptyFolders absolute paths that get an empty tmpfs of their own, besides /run
 */
export function enterPrivateHost(...emptyFolders: string[]): void {
  check('unshare private host', unshare(CLONE_NEWNET | CLONE_NEWNS));
  check('make mounts private', mount(null, '/', null, MS_REC | MS_PRIVATE, null));
  for (const folder of ['/run', ...emptyFolders]) {
    check(`mount tmpfs on "${folder}"`, mount('tmpfs', folder, 'tmpfs', 0, null));
  }
}
