import { withLock } from '../flock';

/**
 * Runs `action` while no other change is being made: what a change does depends on what it read, and the kernel's own
 * lock (`-w`) covers the writing alone.
 */
export function withFirewallLock<T>(action: () => Promise<T>): Promise<T> {
  return withLock('/run/tsnet/firewall.lock', action, { timeout: 60_000 });
}
