/**
 * /sys/fs/cgroup inside a container: one cgroup2 mount where that is all the host has, else a tmpfs with one mount for
 * each hierarchy, as the host has it. The container's cgroup namespace makes each of them begin at its own cgroup.
 */
import { type Hierarchy, hierarchyName } from '../cgroup/hierarchy';
import { parseMountOptions } from '../oci/mount-options';
import type { OciMount } from '../oci/spec';
import { openConfined, openMountPoint } from './confined-path';
import { attach, createFilesystem, setAttributes } from './detached-mount';
import { MOUNT_ATTR_RDONLY } from './kernel-constants';
import type { MountContext } from './mount-context';
import type { Program, Slot } from './program';

function filesystemOf(hierarchy: Hierarchy): { type: string; data: string[] } {
  if (hierarchy.version === 2) return { type: 'cgroup2', data: [] };
  const named = hierarchy.name === undefined ? [] : ['none', `name=${hierarchy.name}`];
  return { type: 'cgroup', data: [...named, ...hierarchy.controllers] };
}

function planHierarchy(
  program: Program,
  hierarchy: Hierarchy,
  at: { point: Slot; attributes: number },
): void {
  const { type, data } = filesystemOf(hierarchy);
  const mount = createFilesystem(program, { type, source: 'cgroup', data, attributes: at.attributes });
  attach(program, mount, { point: at.point, what: `mount ${hierarchyName(hierarchy)} cgroup hierarchy` });
}

export function planCgroupMount(program: Program, mount: OciMount, context: MountContext): void {
  const { attributes } = parseMountOptions(mount.options);
  const { root, hierarchies } = context;
  const point = openMountPoint(program, root, {
    path: mount.destination,
    kind: 'directory',
    noSymlinks: true,
  });
  const [only] = hierarchies;
  if (hierarchies.length === 1 && only?.version === 2) planHierarchy(program, only, { point, attributes });
  else planFolder(program, mount, { ...context, point });
}

function planFolder(program: Program, mount: OciMount, context: MountContext & { point: Slot }): void {
  const { attributes } = parseMountOptions(mount.options);
  const { hierarchies, point, root } = context;
  const tmpfs = { type: 'tmpfs', source: 'tmpfs', data: ['mode=755'] };
  const folder = createFilesystem(program, { ...tmpfs, attributes: attributes & ~MOUNT_ATTR_RDONLY });
  for (const hierarchy of hierarchies) planEntry(program, folder, hierarchy);
  attach(program, folder, { point, what: `mount tmpfs on "${mount.destination}"` });
  for (const hierarchy of hierarchies) {
    const path = `${mount.destination}/${hierarchyName(hierarchy)}`;
    const entry = openConfined(program, root, path, { directory: true, noSymlinks: true });
    planHierarchy(program, hierarchy, { point: entry, attributes });
  }
  const what = `make "${mount.destination}" read-only`;
  setAttributes(program, folder, { what, attributes: MOUNT_ATTR_RDONLY, propagation: 0, recursive: false });
}

/** The folder of a hierarchy; controllers mounted together get a link each (`cpu` → `cpu,cpuacct`). */
function planEntry(program: Program, folder: Slot, hierarchy: Hierarchy): void {
  const name = hierarchyName(hierarchy);
  program.call(`create cgroup folder "${name}"`, 'mkdirat', [folder, program.text(name), 0o755]);
  if (hierarchy.controllers.length < 2 || hierarchy.version === 2) return;
  for (const controller of hierarchy.controllers)
    program.call(`link cgroup folder "${controller}"`, 'symlinkat', [
      program.text(name),
      folder,
      program.text(controller),
    ]);
}
