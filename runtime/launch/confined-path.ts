/**
 * Opens, and where needed creates, paths below a container's root. The tree belongs to whoever made the image, so that
 * symbolic links in it may lead anywhere: openat2(2) resolves them inside the root, and nothing is ever named by a path
 * from outside. Creating never follows a link at all (mkdirat and mknodat give EEXIST for one).
 */
import { posix } from 'node:path';
import {
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  S_IFREG,
} from './kernel-constants';
import type { CallOptions, Program, Slot } from './program';

/** sizeof(struct open_how). */
const openHowSize = 24;

export interface ConfinedOpen extends CallOptions {
  directory?: boolean;
  /** Refuse (ELOOP) any symbolic link on the way: for what tsnet owns, such as /proc and /dev. */
  noSymlinks?: boolean;
}

/** Path elements below the root; `..` cannot lead above it. */
export function elements(path: string): string[] {
  return posix
    .normalize(`/${path}`)
    .split('/')
    .filter((element) => element !== '');
}

/** Opens an existing path below `root`; the cell holds an O_PATH descriptor. */
export function openConfined(program: Program, root: Slot, path: string, options: ConfinedOpen = {}): Slot {
  const { directory, noSymlinks, ...call } = options;
  const flags = O_PATH | O_CLOEXEC | (directory ? O_DIRECTORY : 0);
  const resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (noSymlinks ? RESOLVE_NO_SYMLINKS : 0);
  const inside = elements(path).join('/') || '.';
  return program.result(
    `open "${path}" inside the container`,
    'openat2',
    [root, program.text(inside), program.words(flags, 0, resolve), openHowSize],
    call,
  );
}

/** Opens a mount point below `root`, made first where it is missing: directories 0755, files 0644 and empty. */
export function openMountPoint(
  program: Program,
  root: Slot,
  point: { path: string; kind: 'directory' | 'file'; noSymlinks?: boolean },
): Slot {
  const parts = elements(point.path);
  const confined = { noSymlinks: point.noSymlinks === true };
  let parent = root;
  parts.forEach((part, i) => {
    const last = i === parts.length - 1;
    const what = `create mount point "/${parts.slice(0, i + 1).join('/')}"`;
    if (last && point.kind === 'file')
      program.call(what, 'mknodat', [parent, program.text(part), S_IFREG | 0o644, 0], { tolerate: 'EEXIST' });
    else program.call(what, 'mkdirat', [parent, program.text(part), 0o755], { tolerate: 'EEXIST' });
    const directory = !last || point.kind === 'directory';
    parent = openConfined(program, root, parts.slice(0, i + 1).join('/'), { ...confined, directory });
  });
  return parent;
}
