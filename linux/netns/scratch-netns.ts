/** A network namespace for one action: to try something that leaves no trace. */
import { CLONE_NEWNET, check, setns, unshare } from '../libc';
import { Netns } from './netns';

/**
 * Runs `action` in a new network namespace, which ends with it, and comes back, also when it throws. `action` must be
 * synchronous. A thread that cannot come back would do everything later in the wrong place: the process aborts.
 * @throws SyscallError
 */
export function runInScratchNetns<T>(action: () => T extends PromiseLike<unknown> ? never : T): T {
  using home = Netns.current();
  check('unshare network namespace', unshare(CLONE_NEWNET));
  try {
    return action() as T;
  } finally {
    if (setns(home.fd, CLONE_NEWNET) !== 0) process.abort();
  }
}
