/** A network namespace of nobody's: to try something that leaves no trace. */
import { CLONE_NEWNET, check, setns, unshare } from '../libc';
import { Netns } from './netns';

/**
 * Opens a new network namespace, which ends when it and what was opened in it are closed. The calling thread stays where it
 * is; one that cannot come back would do everything later in the wrong place: the process aborts.
 * @throws SyscallError
 */
export function openScratchNetns(): Netns {
  using home = Netns.current();
  check('unshare network namespace', unshare(CLONE_NEWNET));
  try {
    return Netns.current();
  } finally {
    if (setns(home.fd, CLONE_NEWNET) !== 0) process.abort();
  }
}
