/** The cgroup hierarchies of the host that this process runs on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Hierarchy, parseHierarchies } from './hierarchy';

/** @throws Error when no hierarchy is mounted: without one a container can neither be limited nor be found again */
export function hostHierarchies(): Hierarchy[] {
  const hierarchies = parseHierarchies(
    readFileSync('/proc/self/mountinfo', 'utf8'),
    readFileSync('/proc/self/cgroup', 'utf8'),
    (mountPoint) => readFileSync(join(mountPoint, 'cgroup.controllers'), 'utf8'),
  );
  if (hierarchies.length === 0) throw new Error('find cgroups: no cgroup hierarchy is mounted');
  return hierarchies;
}
