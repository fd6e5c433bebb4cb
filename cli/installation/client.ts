/** Clients in the folder of the CNI executables: which are ours, and putting one in the place of whatever is there. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isOwnBuild } from '../../cni/build-marker';
import { ensureFile, type FileContent, findEntry, removeFile } from './file';
import type { Layout } from './layout';
import { findReplaced, keepReplaced, putBack } from './replaced';
import type { Tell } from './step';

/** native/client.c carries it. */
const marker = /tsnet-client ([0-9a-f]{16})\0/;
const largestClient = 256 * 1024;

/** The build that a program is the client of; undefined when it is no client. */
export function readClientBuild(program: Buffer): string | undefined {
  return marker.exec(program.toString('latin1'))?.[1];
}

/** As {@link readClientBuild}, of the regular file at `path` itself. */
export function findClientBuild(path: string): string | undefined {
  const found = findEntry(path);
  if (!found?.isFile() || found.size > largestClient) return undefined;
  return readClientBuild(readFileSync(path));
}

/** A client, or a link to one or to a bundle of ours, as people make by hand: nothing is lost with it. */
function isOurs(path: string): boolean {
  if (!existsSync(path) || !statSync(path).isFile()) return false;
  if (statSync(path).size <= largestClient && readClientBuild(readFileSync(path)) !== undefined) return true;
  return isOwnBuild(path, basename(path));
}

/**
 * Makes the client what runtimes start as `type`. At every moment the name leads to what was there or to the client.
 * @throws Error EISDIR when a directory has the name
 */
export function ensureClient(layout: Layout, type: string, client: FileContent, tell: Tell): void {
  const path = join(layout.cniDir, type);
  const found = findEntry(path);
  if (found?.isDirectory())
    throw Object.assign(new Error(`install "${path}": it is a directory`), { code: 'EISDIR' });
  const isForeign = found !== undefined && !isOurs(path);
  const kept = isForeign ? keepReplaced(layout, type) : undefined;
  if (!ensureFile(path, client, layout.unfinished)) return;
  if (kept !== undefined) tell({ did: 'replaced', what: path, note: `what was there is kept as ${kept}` });
  else tell({ did: found === undefined ? 'installed' : 'updated', what: path });
}

/** Undoes {@link ensureClient}. What others have put there since stays. */
export function removeClient(layout: Layout, type: string, tell: Tell): void {
  const path = join(layout.cniDir, type);
  if (findClientBuild(path) === undefined) return;
  if (findReplaced(layout, type) !== undefined) {
    putBack(layout, type);
    tell({ did: 'put back', what: path, note: 'what was there before' });
  } else {
    removeFile(path);
    tell({ did: 'removed', what: path });
  }
}
