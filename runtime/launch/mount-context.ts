import type { Hierarchy } from '../cgroup/hierarchy';
import type { Slot } from './program';

/** What every mount of a container is planned with. */
export interface MountContext {
  /** The container's root, open. */
  root: Slot;
  /** Whether a host path is something else than a directory: its mount point must be a file then. */
  isFile: (path: string) => boolean;
  hierarchies: readonly Hierarchy[];
}
