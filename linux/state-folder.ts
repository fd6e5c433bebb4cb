/** Where locks lie, and what was last found of the host: all that does not outlive a boot. */
import { join } from 'node:path';

let folder = '/run/tsnet';

/** A path below it. */
export function statePath(name: string): string {
  return join(folder, name);
}

/**
 * Runs `action` with another folder, whatever else the process does meanwhile: only for one that does nothing else.
 * @param other absolute
 */
export async function withStateFolder<T>(other: string, action: () => Promise<T>): Promise<T> {
  const former = folder;
  folder = other;
  try {
    return await action();
  } finally {
    folder = former;
  }
}
