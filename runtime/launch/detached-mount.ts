/** Mounts made as descriptors and attached to descriptors (fsopen(2), open_tree(2), move_mount(2)): no path is involved. */
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_RECURSIVE,
  FSCONFIG_CMD_CREATE,
  FSCONFIG_SET_FLAG,
  FSCONFIG_SET_STRING,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  MOVE_MOUNT_EMPTY_PATHS,
  O_CLOEXEC,
  OPEN_TREE_CLONE,
} from './kernel-constants';
import type { CallOptions, Program, Slot } from './program';

export interface NewFilesystem {
  type: string;
  /** Shown by mount(8) and /proc/mounts. */
  source: string;
  /** `key=value` or `flag`. */
  data: readonly string[];
  /** MOUNT_ATTR_ flags. */
  attributes: number;
}

/** A new file system; the cell holds its mount, attached nowhere yet. */
export function createFilesystem(program: Program, filesystem: NewFilesystem): Slot {
  const { type, source, data, attributes } = filesystem;
  const what = `create ${type} file system`;
  const context = program.result(what, 'fsopen', [program.text(type), FSOPEN_CLOEXEC]);
  for (const option of [`source=${source}`, ...data]) {
    const [key, value] = splitOption(option);
    const command = value === undefined ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
    const address = value === undefined ? 0 : program.text(value);
    program.call(`${what} with "${option}"`, 'fsconfig', [context, command, program.text(key), address, 0]);
  }
  program.call(what, 'fsconfig', [context, FSCONFIG_CMD_CREATE, 0, 0, 0]);
  return program.result(what, 'fsmount', [context, FSMOUNT_CLOEXEC, attributes]);
}

function splitOption(option: string): [string, string | undefined] {
  const at = option.indexOf('=');
  return at < 0 ? [option, undefined] : [option.slice(0, at), option.slice(at + 1)];
}

/** A copy of the mount that shows a host path. */
export function clonePath(program: Program, path: string, recursive: boolean): Slot {
  const flags = OPEN_TREE_CLONE | O_CLOEXEC | (recursive ? AT_RECURSIVE : 0);
  return program.result(`open mount source "${path}"`, 'open_tree', [AT_FDCWD, program.text(path), flags]);
}

/** A copy of the mount that shows what a descriptor stands for, with the mounts below it. */
export function cloneDescriptor(program: Program, descriptor: Slot, what: string): Slot {
  const flags = OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE;
  return program.result(what, 'open_tree', [descriptor, program.text(''), flags]);
}

/** Changes a mount and all below it. `attributes` are MOUNT_ATTR_ flags to set, `propagation` an MS_ flag or 0. */
export function setAttributes(
  program: Program,
  mount: Slot,
  change: { what: string; attributes: number; propagation: number; recursive?: boolean },
): void {
  const attr = program.words(change.attributes, 0, change.propagation, 0);
  const flags = AT_EMPTY_PATH | (change.recursive === false ? 0 : AT_RECURSIVE);
  program.call(change.what, 'mount_setattr', [mount, program.text(''), flags, attr, 32]);
}

export function attach(program: Program, mount: Slot, to: { point: Slot; what: string } & CallOptions): void {
  const { point, what, ...options } = to;
  const empty = program.text('');
  program.call(what, 'move_mount', [mount, empty, point, empty, MOVE_MOUNT_EMPTY_PATHS], options);
}
