import { type FileLock, withLock } from '../flock/flock';
import { statePath } from '../state-folder';

/**
 * Runs `action` while no other change is being made: what a change does depends on what it read, and the kernel's own
 * lock (`-w`) covers the writing alone. A program that writes inherits the lock: when we are killed it goes on, and nobody
 * may overtake it.
 */
export function withFirewallLock<T>(action: (lock: FileLock) => Promise<T>): Promise<T> {
  return withLock(statePath('firewall.lock'), action, { timeout: 60_000 });
}
