/** Files that appear at once or not at all, also when the machine loses power. */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from '../../linux/errors';

export interface FileContent {
  content: Buffer;
  /** Permission bits. */
  mode: number;
}

/** What is at `path` itself, links not followed. */
export function findEntry(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Makes `path` a file with this content and mode; whatever has the name keeps it until then.
 * @param unfinished where to write first, on the same file system
 * @returns whether there was anything to do
 */
export function ensureFile(path: string, { content, mode }: FileContent, unfinished: string): boolean {
  const found = findEntry(path);
  if (found?.isFile() && (found.mode & 0o7777) === mode && readFileSync(path).equals(content)) return false;
  rmSync(unfinished, { force: true, recursive: true });
  const fd = openSync(unfinished, 'wx', mode);
  try {
    writeFileSync(fd, content);
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(unfinished, path);
  return true;
}

/** Makes the folder, which everybody may read. @throws Error ENOTDIR when something else has the name */
export function ensureFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  if (findEntry(path)?.isDirectory()) return;
  throw Object.assign(new Error(`use "${path}": it is not a directory`), { code: 'ENOTDIR' });
}

/** Has the disk hold the names in a folder, too. */
export function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Removes a name. Of two names of one file the other stays. */
export function removeFile(path: string): void {
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}
