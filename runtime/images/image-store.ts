/** The images of this host: a file for each name (`images/`), and the layers that they are made of (`layers/`). */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { ensureStateFolder, findJson, stateRoot, writeJson } from '../store/state-folder';
import { type Image, plainConfig, type StoredImage } from './image';
import { normalizeReference } from './reference';

function imageFile(reference: string): string {
  return join(stateRoot(), 'images', `${encodeURIComponent(reference)}.json`);
}

export function findImage(name: string): StoredImage | undefined {
  return findJson<StoredImage>(imageFile(normalizeReference(name)));
}

/** Every image, by name. */
export function listImages(): StoredImage[] {
  return readdirSync(ensureStateFolder('images'))
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => findJson<StoredImage>(join(stateRoot(), 'images', file)))
    .filter((image) => image !== undefined);
}

/** A directory with a root file system is an image of one layer, which is never written to. */
function directoryImage(path: string): Image {
  const folder = realpathSync(resolve(path));
  if (!statSync(folder).isDirectory()) throw new Error(`open image "${path}": not a directory`);
  return { reference: path, config: plainConfig, layers: [folder] };
}

/**
 * The image that a person means: what begins with `/` or `.` is a directory, all else a name.
 * @throws Error when there is none
 */
export function getImage(name: string): Image {
  if (isAbsolute(name) || name.startsWith('.')) {
    if (!existsSync(name)) throw new Error(`open image "${name}": no such directory`);
    return directoryImage(name);
  }
  const image = findImage(name);
  if (!image) throw new Error(`find image ${JSON.stringify(name)}: no such image; see "tsnet images"`);
  return image;
}

/** A new, empty layer folder. */
export function createLayer(): string {
  const folder = join(ensureStateFolder('layers'), randomBytes(16).toString('hex'));
  mkdirSync(folder, { mode: 0o755 });
  return folder;
}

/**
 * Gives the name to an image of these layers. Layers of the image that had the name before are removed when no image
 * and no container uses them.
 */
export function writeImage(image: Image, inUse: (layer: string) => boolean): StoredImage {
  const former = findImage(image.reference);
  const created = new Date().toISOString();
  const stored = { ...image, id: randomBytes(32).toString('hex'), created };
  ensureStateFolder('images');
  writeJson(imageFile(image.reference), stored);
  const kept = new Set(listImages().flatMap(({ layers }) => layers));
  for (const layer of former?.layers ?? [])
    if (!kept.has(layer) && !inUse(layer)) rmSync(layer, { recursive: true, force: true });
  return stored;
}
