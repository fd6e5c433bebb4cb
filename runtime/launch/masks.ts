/** Hides and write-protects paths inside a container (config-linux.md, "Masked Paths" and "Readonly Paths"). */
import { openConfined } from './confined-path';
import { attach, cloneDescriptor, clonePath, createFilesystem, setAttributes } from './detached-mount';
import { MOUNT_ATTR_RDONLY } from './kernel-constants';
import { Label, type Program, type Slot } from './program';

/**
 * A file is covered by the host's null device, never by one found in the container, whose owner could have put another
 * file there; a directory by an empty read-only tmpfs. A path that does not exist needs no cover.
 */
export function planMask(program: Program, root: Slot, path: string): void {
  const absent = new Label();
  const isFile = new Label();
  const what = `mask "${path}"`;
  const point = openConfined(program, root, path, { tolerate: 'ENOENT', ifTolerated: absent });
  openConfined(program, root, path, { directory: true, tolerate: 'ENOTDIR', ifTolerated: isFile });
  const attributes = MOUNT_ATTR_RDONLY;
  const empty = createFilesystem(program, { type: 'tmpfs', source: 'tmpfs', data: [], attributes });
  attach(program, empty, { point, what });
  program.jump(absent);
  program.land(isFile);
  attach(program, clonePath(program, '/dev/null', false), { point, what });
  program.land(absent);
}

/** A path that does not exist needs no protection. */
export function planReadonly(program: Program, root: Slot, path: string): void {
  const absent = new Label();
  const what = `make "${path}" read-only`;
  const point = openConfined(program, root, path, { tolerate: 'ENOENT', ifTolerated: absent });
  const copy = cloneDescriptor(program, point, what);
  setAttributes(program, copy, { what, attributes: MOUNT_ATTR_RDONLY, propagation: 0 });
  attach(program, copy, { point, what });
  program.land(absent);
}
