/** Ends a container's process: asks first, then kills. */
import { constants } from 'node:os';
import { hasCode } from '../../linux/errors';
import { Pidfd } from '../../linux/pidfd';
import type { ContainerRecord } from '../store/container-record';
import { cgroupOf, containerState, requireRunning, waitUntilStopped } from './container';
import { killContainer } from './remove';

/**
 * Sends a signal to the first process.
 * @throws Error when the container does not run
 */
export function signalContainer(record: ContainerRecord, signal: number): void {
  const pid = requireRunning(record);
  try {
    using first = Pidfd.open(pid);
    if (cgroupOf(record).has(pid)) first.signal(signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/**
 * TERM, and KILL when it still runs after `grace` milliseconds. One that does not run is left alone.
 */
export async function stopContainer(record: ContainerRecord, grace: number): Promise<void> {
  if (containerState(record).status !== 'running') return;
  signalContainer(record, constants.signals.SIGTERM);
  if (!(await waitUntilStopped(record, grace))) await killContainer(record);
}
