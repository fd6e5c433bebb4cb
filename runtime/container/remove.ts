/** Takes a container away, with all that was made for it. */
import type { ContainerNetworks } from '../sandbox/network';
import { removeSandbox } from '../sandbox/sandbox';
import type { ContainerRecord } from '../store/container-record';
import { removeRecord } from '../store/container-store';
import { cgroupOf, containerState, waitUntilStopped } from './container';

/** Milliseconds that a killed container may take to be gone. */
const killTimeout = 10_000;

export async function killContainer(record: ContainerRecord): Promise<void> {
  cgroupOf(record).kill();
  if (!(await waitUntilStopped(record, killTimeout)))
    throw new Error(`kill container "${record.name}": its processes do not end`);
}

/**
 * Kills what still runs. The folder goes last, so that a removal that was interrupted can be repeated.
 * @throws Error of the first thing that could not be removed, after all else was
 */
export async function removeContainer(record: ContainerRecord, networks: ContainerNetworks): Promise<void> {
  if (containerState(record).status === 'running') await killContainer(record);
  // processes of `exec` are killed with the first process, but may still be on their way out
  await removeCgroup(record);
  await removeSandbox(record, networks);
  removeRecord(record);
}

async function removeCgroup(record: ContainerRecord): Promise<void> {
  const { setTimeout: sleep } = await import('node:timers/promises');
  const cgroup = cgroupOf(record);
  const rounds = 100;
  for (let round = 1; ; round++) {
    try {
      cgroup.kill();
      return cgroup.remove();
    } catch (error) {
      if (round === rounds || (error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
      await sleep(10);
    }
  }
}
