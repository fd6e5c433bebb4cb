/** What every verb needs to know of a container. */
import { ContainerCgroup } from '../cgroup/container-cgroup';
import { hostHierarchies } from '../cgroup/host';
import type { ContainerRecord, ContainerState } from '../store/container-record';
import { containerFolder } from '../store/container-store';
import { findEnd, findPid } from '../store/monitor-files';

/** Between two looks at a state that changes; milliseconds. */
export const pollInterval = 10;
/** Looks before a container without process and without end is taken for dead: its monitor may be about to write. */
const settleRounds = 10;

export function cgroupOf({ id }: Pick<ContainerRecord, 'id'>): ContainerCgroup {
  return new ContainerCgroup(hostHierarchies(), `/tsnet/${id}`);
}

function sleepSync(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** The truth from the kernel and from the monitor's files; whoever started the container may be long gone. */
export function containerState(record: Pick<ContainerRecord, 'id'>): ContainerState {
  const folder = containerFolder(record.id);
  const cgroup = cgroupOf(record);
  for (let round = 0; ; round++) {
    const end = findEnd(folder);
    if (end) return { status: 'exited', ...end };
    const pid = findPid(folder);
    if (pid === undefined) return { status: 'created' };
    if (cgroup.has(pid)) return { status: 'running', pid };
    if (round === settleRounds) return { status: 'dead' };
    sleepSync(pollInterval);
  }
}

/** @throws Error when it does not run */
export function requireRunning(record: ContainerRecord): number {
  const state = containerState(record);
  if (state.status === 'running') return state.pid;
  throw new Error(`use container "${record.name}": it is not running (${state.status})`);
}

/** @throws Error when it runs */
export function requireStopped(record: ContainerRecord): void {
  if (containerState(record).status === 'running')
    throw new Error(`remove container "${record.name}": it is running; stop it first, or use -f`);
}

/** Waits until the container does not run. Gives false when it still does after `timeout` milliseconds. */
export async function waitUntilStopped(record: ContainerRecord, timeout: number): Promise<boolean> {
  const { setTimeout: sleep } = await import('node:timers/promises');
  for (let waited = 0; containerState(record).status === 'running'; waited += pollInterval) {
    if (waited >= timeout) return false;
    await sleep(pollInterval);
  }
  return true;
}
