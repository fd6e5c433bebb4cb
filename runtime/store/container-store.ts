/** The containers of this host, on disk: one folder each, and one file for each name that is taken. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../linux/errors';
import type { OciSpec } from '../oci/spec';
import { parseSpec } from '../oci/spec-schema';
import type { ContainerRecord } from './container-record';
import { findJson, removeFile, stateRoot, writeJson } from './state-folder';

/** Docker's grammar of names; it keeps them out of reach of paths and of option parsers. */
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;

/** @throws Error naming what is allowed */
export function requireValidName(name: string): void {
  if (!namePattern.test(name))
    throw new Error(`use container name ${JSON.stringify(name)}: expected ${namePattern.source}`);
}

export function containerFolder(id: string): string {
  return join(stateRoot(), 'containers', id);
}

export function nameFile(name: string): string {
  return join(stateRoot(), 'names', name);
}

export function recordFile(id: string): string {
  return join(containerFolder(id), 'state.json');
}

export function writeRecord(record: ContainerRecord): void {
  writeJson(recordFile(record.id), record);
}

export function writeSpec(id: string, spec: OciSpec): void {
  writeJson(join(containerFolder(id), 'config.json'), spec);
}

/** @throws Error when the container has no configuration, or one that is not as it was written */
export function getSpec(id: string): OciSpec {
  const file = join(containerFolder(id), 'config.json');
  const spec = findJson(file);
  if (spec === undefined) throw new Error(`read container "${id.slice(0, 12)}": it has no config.json`);
  return parseSpec(spec, file);
}

/** Every container, newest first. */
export function listRecords(): ContainerRecord[] {
  return listIds()
    .map((id) => findJson<ContainerRecord>(recordFile(id)))
    .filter((record) => record !== undefined)
    .sort((a, b) => b.created.localeCompare(a.created));
}

function listIds(): string[] {
  try {
    return readdirSync(join(stateRoot(), 'containers'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/**
 * By name, id, or a beginning of an id that only one container has.
 * @throws Error when there is none, or more than one
 */
export function getRecord(reference: string): ContainerRecord {
  const records = listRecords();
  const exact = records.find(({ id, name }) => name === reference || id === reference);
  const begun = /^[0-9a-f]+$/.test(reference) ? records.filter(({ id }) => id.startsWith(reference)) : [];
  if (!exact && begun.length > 1)
    throw new Error(`find container "${reference}": ${begun.length} ids begin so`);
  const found = exact ?? begun[0];
  if (!found) throw new Error(`find container ${JSON.stringify(reference)}: no such container`);
  return found;
}

/** Forgets a container: its folder, then its name. */
export function removeRecord(record: Pick<ContainerRecord, 'id' | 'name'>): void {
  rmSync(containerFolder(record.id), { recursive: true, force: true });
  removeFile(nameFile(record.name));
}
