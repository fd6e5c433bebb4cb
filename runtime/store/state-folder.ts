/** Where tsnet keeps containers and images: `/var/lib/tsnet`, or `TSNET_STATE_DIR`. Only root may look inside. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { hasCode } from '../../linux/errors';

const defaultRoot = '/var/lib/tsnet';

/** What lies there decides what runs as root: nobody else may have a say in it. Absent is fine. */
function verifyOwned(root: string): void {
  const stats = statSync(root, { throwIfNoEntry: false });
  if (!stats) return;
  if (!stats.isDirectory()) throw new Error(`open state folder "${root}": not a directory`);
  const self = process.geteuid!();
  if (stats.uid !== self)
    throw new Error(`open state folder "${root}": it belongs to uid ${stats.uid}, expected ${self}`);
}

/** @throws Error when TSNET_STATE_DIR is not absolute, or belongs to somebody else */
export function stateRoot(): string {
  const root = process.env.TSNET_STATE_DIR || defaultRoot;
  if (!isAbsolute(root))
    throw new Error(`open state folder: TSNET_STATE_DIR is "${root}", expected an absolute path`);
  verifyOwned(root);
  return root;
}

/** A folder below the state root, made (0700) when it is missing. */
export function ensureStateFolder(...names: string[]): string {
  const folder = join(stateRoot(), ...names);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(stateRoot(), 0o700);
  return folder;
}

/** Names the file in what went wrong with it. */
function failure(operation: string, path: string, error: unknown): Error {
  const { message, code } = error as NodeJS.ErrnoException;
  return Object.assign(new Error(`${operation} "${path}": ${message}`), code ? { code } : {});
}

/** Readers see the old content or the new one, never a part. */
export function writeJson(path: string, value: unknown): void {
  const next = `${path}.new`;
  try {
    writeFileSync(next, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw failure('write', path, error);
  }
}

/** undefined when there is no such file. @throws Error naming the file when it is not JSON */
export function findJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw failure('read', path, error);
  }
}

/** @throws Error with code EEXIST when the file exists */
export function createFile(path: string, content: string): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) rmSync(path, { force: true });
    throw failure('create', path, error);
  }
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
}
