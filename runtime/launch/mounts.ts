/** The mounts of an OCI configuration, as operations in the child. */
import { parseMountOptions } from '../oci/mount-options';
import type { OciMount } from '../oci/spec';
import { planCgroupMount } from './cgroup-mount';
import { openMountPoint } from './confined-path';
import { attach, clonePath, createFilesystem, setAttributes } from './detached-mount';
import type { MountContext } from './mount-context';
import type { Program } from './program';

/** Mount points that are tsnet's own: an image that has a symbolic link there is refused. */
const owned = /^\/(proc|sys|dev)(\/|$)/;

function planBind(program: Program, mount: OciMount, context: MountContext): void {
  const { attributes, propagation, recursive } = parseMountOptions(mount.options);
  const source = clonePath(program, mount.source, recursive);
  const change = { what: `set options of mount "${mount.source}"`, attributes, propagation };
  setAttributes(program, source, change);
  const kind = context.isFile(mount.source) ? 'file' : 'directory';
  const point = openMountPoint(program, context.root, { path: mount.destination, kind });
  attach(program, source, { point, what: `mount "${mount.source}" on "${mount.destination}"` });
}

function planFilesystem(program: Program, mount: OciMount, context: MountContext): void {
  const { attributes, data } = parseMountOptions(mount.options);
  const { type, source, destination } = mount;
  const created = createFilesystem(program, { type, source, data, attributes });
  const point = openMountPoint(program, context.root, {
    path: destination,
    kind: 'directory',
    noSymlinks: owned.test(destination),
  });
  attach(program, created, { point, what: `mount ${type} on "${destination}"` });
}

export function planMount(program: Program, mount: OciMount, context: MountContext): void {
  if (mount.type === 'bind') planBind(program, mount, context);
  else if (mount.type === 'cgroup') planCgroupMount(program, mount, context);
  else planFilesystem(program, mount, context);
}
