/** A path under which other processes find an open namespace, also when the path it was opened by is gone. */
export function netnsPathForChildren(netns: { fd: number }): string {
  return `/proc/${process.pid}/fd/${netns.fd}`;
}
