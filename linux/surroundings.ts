/** What a process takes for its host. Two processes with equal surroundings mean the same by every path and interface. */
import { readlinkSync, statSync } from 'node:fs';

export interface Surroundings {
  /** Network namespace, as `net:[4026531840]`. */
  net: string;
  /** Mount namespace. */
  mnt: string;
  /** Device and inode of the root folder. */
  root: string;
}

/**
 * The surroundings of a process (namespaces(7), proc_pid_root(5)).
 * @throws Error ENOENT when there is no such process, EACCES when it has more privileges than this one
 */
export function getSurroundings(pid: number | 'self'): Surroundings {
  const { dev, ino } = statSync(`/proc/${pid}/root`, { bigint: true });
  return {
    net: readlinkSync(`/proc/${pid}/ns/net`),
    mnt: readlinkSync(`/proc/${pid}/ns/mnt`),
    root: `${dev}:${ino}`,
  };
}

export function areEqual(one: Surroundings, other: Surroundings): boolean {
  return one.net === other.net && one.mnt === other.mnt && one.root === other.root;
}
