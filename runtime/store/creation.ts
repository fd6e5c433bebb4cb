/**
 * Making a container's folder and taking its name, so that a creation that was killed half-way blocks nothing: creators
 * hold one lock (flock(2)), and whoever has it knows that what has no record was left behind, and removes it.
 */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { check, flock, LOCK_EX } from '../../linux/libc';
import type { ContainerRecord } from './container-record';
import {
  containerFolder,
  nameFile,
  recordFile,
  removeRecord,
  requireValidName,
  writeRecord,
} from './container-store';
import { createFile, ensureStateFolder, removeFile } from './state-folder';

function withCreationLock<T>(action: () => T): T {
  const fd = openSync(join(ensureStateFolder(), 'creation.lock'), 'a', 0o600);
  try {
    check('lock creation of containers', flock(fd, LOCK_EX));
    return action();
  } finally {
    closeSync(fd);
  }
}

function hasRecord(id: string): boolean {
  return id !== '' && existsSync(recordFile(id));
}

function removeLeftovers(): void {
  for (const id of readdirSync(ensureStateFolder('containers')))
    if (!hasRecord(id)) rmSync(containerFolder(id), { recursive: true, force: true });
  for (const name of readdirSync(ensureStateFolder('names')))
    if (!hasRecord(readFileSync(nameFile(name), 'utf8'))) removeFile(nameFile(name));
}

/**
 * Takes the name, makes the folder and writes the record. Gives the folder.
 * @throws Error when the name is taken
 */
export function createRecord(record: ContainerRecord): string {
  const { id, name } = record;
  requireValidName(name);
  return withCreationLock(() => {
    removeLeftovers();
    if (existsSync(nameFile(name))) {
      const owner = readFileSync(nameFile(name), 'utf8').slice(0, 12);
      throw new Error(`create container "${name}": the name is in use by container ${owner}`);
    }
    try {
      mkdirSync(containerFolder(id), { mode: 0o700 });
      createFile(nameFile(name), id);
      writeRecord(record);
    } catch (error) {
      removeRecord(record);
      throw error;
    }
    return containerFolder(id);
  });
}
