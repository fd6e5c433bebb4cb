/**
 * Which cgroup hierarchies this host has. Nothing here asks whether "the host is v1 or v2": each controller is where it
 * is, and a hybrid host has both (cgroups(7), proc_pid_mountinfo(5)).
 */

export interface Hierarchy {
  version: 1 | 2;
  /** `cpu`, `memory` …; empty for a named hierarchy and for a v2 tree that has none. */
  controllers: readonly string[];
  /** Of a named v1 hierarchy: `systemd`. */
  name?: string;
  mountPoint: string;
}

/** As the folder below /sys/fs/cgroup is called. */
export function hierarchyName(hierarchy: Hierarchy): string {
  if (hierarchy.version === 2) return 'unified';
  return hierarchy.name ?? hierarchy.controllers.join(',');
}

interface MountLine {
  mountPoint: string;
  type: string;
  superOptions: string[];
}

/** mountinfo writes space, tab, newline and backslash as `\` and three octal digits. */
function unescapePath(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

function parseMountLine(line: string): MountLine {
  const [before = '', after = ''] = line.split(' - ');
  const [type = '', , superOptions = ''] = after.split(' ');
  return {
    mountPoint: unescapePath(before.split(' ')[4] ?? ''),
    type,
    superOptions: superOptions.split(','),
  };
}

/**
 * v1 hierarchies first, then v2.
 *
 * @param mountinfo content of /proc/self/mountinfo
 * @param membership content of /proc/self/cgroup: tells controllers from other mount options
 * @param unifiedControllers content of the v2 root's cgroup.controllers
 */
export function parseHierarchies(
  mountinfo: string,
  membership: string,
  unifiedControllers: (mountPoint: string) => string,
): Hierarchy[] {
  const known = new Set(membership.split('\n').flatMap((line) => line.split(':')[1]?.split(',') ?? []));
  const found = new Map<string, Hierarchy>();
  for (const { mountPoint, type, superOptions } of mountinfo.split('\n').map(parseMountLine)) {
    const hierarchy = type === 'cgroup2' ? unified(mountPoint) : v1(mountPoint, superOptions);
    if (type.startsWith('cgroup') && !found.has(hierarchyName(hierarchy)))
      found.set(hierarchyName(hierarchy), hierarchy);
  }
  return [...found.values()].sort((a, b) => a.version - b.version);

  function unified(mountPoint: string): Hierarchy {
    const controllers = unifiedControllers(mountPoint).split(/\s+/).filter(Boolean);
    return { version: 2, controllers, mountPoint };
  }
  function v1(mountPoint: string, options: string[]): Hierarchy {
    const name = options.find((option) => option.startsWith('name='))?.slice('name='.length);
    const controllers = options.filter((option) => known.has(option) && !option.includes('='));
    return { version: 1, controllers, mountPoint, ...(name === undefined ? {} : { name }) };
  }
}
