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
import { type CallOptions, Label, type Program, type Slot } from './program';

const O_WRONLY = 1;
const O_CREAT = 0o100;
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

/**
 * Opens a file that may be a symbolic link to nowhere, as /etc/resolv.conf of many images is: then the link's target is
 * made, inside the root, and where even its folder is missing a file takes the link's place.
 */
function openFilePoint(
  program: Program,
  root: Slot,
  point: { parent: Slot; path: string; noSymlinks: boolean },
): Slot {
  const { parent, path, noSymlinks } = point;
  const store = program.slot();
  const [dangling, replaced, opened] = [new Label(), new Label(), new Label()];
  openConfined(program, root, path, { noSymlinks, store, tolerate: 'ENOENT', ifTolerated: dangling });
  program.jump(opened);

  program.land(dangling);
  const what = `create target of link "${path}"`;
  const how = program.words(O_WRONLY | O_CREAT | O_CLOEXEC, 0o644, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
  const create = [root, program.text(path), how, openHowSize];
  const made = program.result(what, 'openat2', create, { tolerate: 'ENOENT', ifTolerated: replaced });
  program.call(what, 'close', [made]);
  openConfined(program, root, path, { noSymlinks, store });
  program.jump(opened);

  program.land(replaced);
  const name = program.text(path.split('/').at(-1)!);
  program.call(`replace link "${path}"`, 'unlinkat', [parent, name, 0]);
  program.call(`replace link "${path}"`, 'mknodat', [parent, name, S_IFREG | 0o644, 0]);
  openConfined(program, root, path, { noSymlinks, store });
  program.land(opened);
  return store;
}

/** Opens a mount point below `root`, made first where it is missing: directories 0755, files 0644 and empty. */
export function openMountPoint(
  program: Program,
  root: Slot,
  point: { path: string; kind: 'directory' | 'file'; noSymlinks?: boolean },
): Slot {
  const parts = elements(point.path);
  const noSymlinks = point.noSymlinks === true;
  let parent = root;
  parts.forEach((part, i) => {
    const path = parts.slice(0, i + 1).join('/');
    const what = `create mount point "/${path}"`;
    const exists = { tolerate: 'EEXIST' };
    if (i === parts.length - 1 && point.kind === 'file') {
      program.call(what, 'mknodat', [parent, program.text(part), S_IFREG | 0o644, 0], exists);
      parent = openFilePoint(program, root, { parent, path, noSymlinks });
    } else {
      program.call(what, 'mkdirat', [parent, program.text(part), 0o755], exists);
      parent = openConfined(program, root, path, { noSymlinks, directory: true });
    }
  });
  return parent;
}
