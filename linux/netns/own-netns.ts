/** Comparing a namespace file with this process's own, by plain file calls: needs neither FFI nor privileges. */
import { statSync } from 'node:fs';

/**
 * Whether `path` shows the network namespace of the calling thread.
 * @returns false also when there is no such file, or none that may be looked at
 */
export function isOwnNetns(path: string): boolean {
  const own = statSync('/proc/thread-self/ns/net', { bigint: true });
  try {
    const other = statSync(path, { bigint: true });
    return other.dev === own.dev && other.ino === own.ino;
  } catch {
    return false;
  }
}
