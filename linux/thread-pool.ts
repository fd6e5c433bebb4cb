/** Node's threads for files and names. */
import { stat } from 'node:fs/promises';

/**
 * Starts the threads now. They keep the network namespace that the main thread is in when they start, so a process that
 * enters others must have started them before.
 */
export async function primeThreadPool(): Promise<void> {
  await stat('/');
}
