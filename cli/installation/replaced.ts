/** Executables of others that clients took the place of: kept, and put back. */
import { linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../linux/errors';
import { ensureFolder, findEntry, removeFile, syncFolder } from './file';
import type { Layout } from './layout';
import type { Tell } from './step';

/** The kept executable of `type`. */
export function findReplaced({ replaced }: Layout, type: string): string | undefined {
  const path = join(replaced, type);
  return findEntry(path) === undefined ? undefined : path;
}

/**
 * Gives the executable of `type` a second name, under which it stays when a client takes the first. An older one that was
 * kept gives way: a package has brought a newer since.
 * @returns that name
 */
export function keepReplaced({ cniDir, replaced, unfinished }: Layout, type: string): string {
  ensureFolder(replaced);
  const kept = join(replaced, type);
  rmSync(unfinished, { force: true, recursive: true });
  linkSync(join(cniDir, type), unfinished);
  renameSync(unfinished, kept);
  // of two names of one file, rename leaves both
  rmSync(unfinished, { force: true });
  syncFolder(replaced);
  return kept;
}

/** Puts the kept executable over the client of its type. */
export function putBack({ cniDir, replaced }: Layout, type: string): void {
  renameSync(join(replaced, type), join(cniDir, type));
  syncFolder(cniDir);
}

/**
 * Forgets what is still in its place, as after an installation that was interrupted; what another executable has taken the
 * place of since stays kept.
 * @returns whether nothing is kept any more
 */
export function releaseReplaced(layout: Layout, tell: Tell): boolean {
  const types = listReplaced(layout);
  const obsolete = types.filter((type) => isSameFile(join(layout.replaced, type), join(layout.cniDir, type)));
  for (const type of obsolete) removeFile(join(layout.replaced, type));
  const left = types.filter((type) => !obsolete.includes(type));
  for (const type of left)
    tell({
      did: 'kept',
      what: join(layout.replaced, type),
      note: `something else is ${join(layout.cniDir, type)} now`,
    });
  return left.length === 0;
}

function listReplaced({ replaced }: Layout): string[] {
  try {
    return readdirSync(replaced);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function isSameFile(a: string, b: string): boolean {
  const [first, second] = [findEntry(a), findEntry(b)];
  return first?.dev === second?.dev && first?.ino === second?.ino;
}
