/** The folders of builds: bundles and what they load. A client of a build is put in place only when its folder is complete. */
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findClientBuild } from './client';
import type { Distribution } from './distribution';
import { ensureFile, ensureFolder, findEntry, syncFolder } from './file';
import { buildFolder, isBuildName, type Layout } from './layout';
import type { Tell } from './step';

/** Makes the folder of the distribution's build complete, file by file: what is right already stays untouched. */
export function ensureBuild(layout: Layout, { build, files }: Distribution, tell: Tell): void {
  const folder = buildFolder(layout, build);
  const isNew = findEntry(folder) === undefined;
  const changed = [...files].filter(([name, content]) => {
    const path = join(folder, name);
    ensureFolder(dirname(path));
    return ensureFile(path, content, layout.unfinished);
  });
  if (changed.length === 0) return;
  for (const path of new Set([...files.keys()].map((name) => dirname(join(folder, name))))) syncFolder(path);
  syncFolder(folder);
  syncFolder(layout.hidden);
  tell({ did: isNew ? 'installed' : 'updated', what: folder, note: `${changed.length} files` });
}

/** The builds that clients in the folder are of, by type. */
export function listClients({ cniDir }: Layout): Map<string, string> {
  const found = readdirSync(cniDir).map((name) => [name, findClientBuild(join(cniDir, name))] as const);
  return new Map(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Removes the folders of all builds but those in `kept`. */
export function removeBuilds(layout: Layout, kept: ReadonlySet<string>, tell: Tell): void {
  const old = readdirSync(layout.hidden).filter((name) => isBuildName(name) && !kept.has(name));
  for (const build of old) {
    const folder = buildFolder(layout, build);
    rmSync(folder, { recursive: true, force: true });
    tell({ did: 'removed', what: folder });
  }
}
