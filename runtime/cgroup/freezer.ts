/** Ends every process of a cgroup, also one that forks faster than it can be listed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../linux/errors';

const maxRounds = 100;

function members(folder: string): number[] {
  return readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
}

function killMember(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** A frozen cgroup does not fork; the signal acts when it is thawed. */
function killFrozen(folder: string): void {
  const state = join(folder, 'freezer.state');
  const freezable = existsSync(state);
  for (let round = 0; round < maxRounds && members(folder).length > 0; round++) {
    if (freezable) writeFileSync(state, 'FROZEN');
    for (const pid of members(folder)) killMember(pid);
    if (freezable) writeFileSync(state, 'THAWED');
  }
}

/** `cgroup.kill` (v2, Linux 5.14) does it at once; else freeze (v1 freezer) and kill until none is left. */
export function killCgroup(folder: string): void {
  if (!existsSync(folder)) return;
  const file = join(folder, 'cgroup.kill');
  if (existsSync(file)) writeFileSync(file, '1');
  else killFrozen(folder);
}
