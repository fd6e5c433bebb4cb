/** Makes an image of a directory or a tar archive that holds a root file system. */
import { rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { run } from '../../linux/command';
import { listRecords } from '../store/container-store';
import { plainConfig, type StoredImage } from './image';
import { createLayer, writeImage } from './image-store';
import { normalizeReference } from './reference';

/** Milliseconds: a large root file system on a slow disk. */
const copyTimeout = 600_000;

async function fill(layer: string, source: string): Promise<void> {
  const path = resolve(source);
  const command: [string, ...string[]] = statSync(path).isDirectory()
    ? ['cp', '-a', '--', `${path}/.`, layer]
    : ['tar', '--extract', '--numeric-owner', '--preserve-permissions', '--directory', layer, '--file', path];
  await run(command, { timeout: copyTimeout });
}

/**
 * @param source a directory, or a tar archive, compressed or not
 * @throws CommandError when it cannot be copied or unpacked
 */
export async function importImage(source: string, name: string): Promise<StoredImage> {
  const reference = normalizeReference(name);
  const layer = createLayer();
  try {
    await fill(layer, source);
  } catch (error) {
    rmSync(layer, { recursive: true, force: true });
    throw error;
  }
  const used = new Set(listRecords().flatMap(({ layers }) => layers));
  return writeImage({ reference, config: plainConfig, layers: [layer] }, (candidate) => used.has(candidate));
}
