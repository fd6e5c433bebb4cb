/** Where tsnet keeps containers and images: `/var/lib/tsnet`, or `TSNET_STATE_DIR`. Only root may look inside. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { hasCode } from '../../linux/errors';

const defaultRoot = '/var/lib/tsnet';

/** @throws Error when TSNET_STATE_DIR is not absolute */
export function stateRoot(): string {
  const root = process.env.TSNET_STATE_DIR || defaultRoot;
  if (!isAbsolute(root))
    throw new Error(`open state folder: TSNET_STATE_DIR is "${root}", expected an absolute path`);
  return root;
}

/** A folder below the state root, made (0700) when it is missing. */
export function ensureStateFolder(...names: string[]): string {
  const folder = join(stateRoot(), ...names);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(stateRoot(), 0o700);
  return folder;
}

/** Readers see the old content or the new one, never a part. */
export function writeJson(path: string, value: unknown): void {
  const next = `${path}.new`;
  writeFileSync(next, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(next, path);
}

/** undefined when there is no such file. */
export function findJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** @throws Error with code EEXIST when the file exists */
export function createFile(path: string, content: string): void {
  writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
}
