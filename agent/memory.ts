/** How the agent's heap grows. */
import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the heap small. What a call leaves is garbage at once, and a burst of calls would have V8 set 32 MiB aside for the
 * next one, for good. These flags are among those that V8 reads each time it decides, so that Node needs no arguments.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--semi-space-growth-factor=1');
}
