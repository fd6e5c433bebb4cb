/** Processors and memory nodes. A new v1 cpuset is empty, and nothing may enter it before it is filled (cpusets.rst). */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const files = ['cpuset.cpus', 'cpuset.mems'];

/** Gives a v1 cpuset what its parent has, where it has nothing of its own. */
export function inheritCpuset(folder: string): void {
  for (const file of files) {
    if (readFileSync(join(folder, file), 'utf8').trim() !== '') continue;
    writeFileSync(join(folder, file), readFileSync(join(dirname(folder), file), 'utf8'));
  }
}
