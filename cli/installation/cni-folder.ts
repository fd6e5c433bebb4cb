/** The folder that an installation goes into. Root will execute what lies there, so nobody else may change it. */
import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { UsageError } from '../failure';
import { ensureFolder, findEntry } from './file';

const writableByOthers = 0o002;
const sticky = 0o1000;

/**
 * The folder without symbolic links, made when absent.
 * @throws UsageError when it is no absolute path; Error ENOTDIR, or EPERM when others than root could change it
 */
export function ensureCniFolder(path: string): string {
  const folder = getCniFolder(path);
  ensureFolder(folder);
  return folder;
}

/** As {@link ensureCniFolder}, but makes nothing. */
export function getCniFolder(path: string): string {
  if (!isAbsolute(path)) throw new UsageError(`--cni-dir ${JSON.stringify(path)}: expected an absolute path`);
  requireRoot(path);
  const given = resolve(path);
  for (const step of ancestors(given)) verifyStep(step, step === given);
  const real = realPathOf(given);
  for (const step of ancestors(real)) verifyStep(step, step === real);
  return real;
}

function requireRoot(path: string): void {
  if (process.geteuid?.() !== 0)
    throw Object.assign(new Error(`change "${path}": only root may, for root executes what lies there`), {
      code: 'EPERM',
    });
}

/** From `/` to the path itself. */
function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...ancestors(parent), path];
}

/** Of what does not exist yet the end stays as it is. */
function realPathOf(path: string): string {
  if (findEntry(path) !== undefined || dirname(path) === path) return realpathSync(path);
  return resolve(realPathOf(dirname(path)), path.slice(dirname(path).length).replace(/^\//, ''));
}

/** A link belongs to whoever made it; in a sticky folder, such as /tmp, others cannot rename what is root's. */
function verifyStep(path: string, isLast: boolean): void {
  const found = findEntry(path);
  if (found === undefined) return;
  if (!found.isDirectory() && !found.isSymbolicLink())
    throw Object.assign(new Error(`use "${path}": it is not a directory`), { code: 'ENOTDIR' });
  const isOpen =
    found.isDirectory() && (found.mode & writableByOthers) !== 0 && (isLast || (found.mode & sticky) === 0);
  if (found.uid !== 0 || isOpen)
    throw Object.assign(
      new Error(
        `use "${path}": ${found.uid === 0 ? 'everybody may write to it' : `it belongs to user ${found.uid}, not to root`}`,
      ),
      { code: 'EPERM' },
    );
}
