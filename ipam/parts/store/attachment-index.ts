/**
 * From an attachment to its addresses, beside the reference plugin's directories and invisible to it:
 *
 *   <dataDir>/.tsnet/<network>/<boot id>/<container>@<interface> → 10.1.0.2=1700000000123456789,fd00::2=17…
 *
 * Entries are symbolic links, whose targets are written and read whole in one call. Each address carries the
 * modification time of its reservation. The folder's name says in which boot the entries were true: a reservation that
 * an entry of another boot describes to the nanosecond was certainly made before this boot, whatever the clock did.
 * Network names cannot begin with a dot, so the folder is none of theirs.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ifPresent } from './io-failure';
import type { Owner } from './reservation';

/** Address → modification time of its reservation, nanoseconds. */
export type Entry = ReadonlyMap<string, bigint>;

const maxName = 200;
const draft = '.draft';

export class AttachmentIndex {
  /** The folder of this boot; those of other boots lie beside it. */
  readonly #folder: string;
  /** All entries by name, when they could not be written. */
  #memory: Map<string, Entry> | undefined;

  constructor(dataDir: string, network: string, bootId: string) {
    this.#folder = join(dataDir, '.tsnet', network, bootId);
  }

  /** Whether the index of this boot has been made. */
  exists(): boolean {
    return existsSync(this.#folder);
  }

  find(owner: Owner): Entry | undefined {
    const name = entryName(owner);
    if (this.#memory) return this.#memory.get(name);
    const target = ifPresent(() => readlinkSync(join(this.#folder, name)));
    return target === undefined ? undefined : parseEntry(target);
  }

  /** Replaces the entry as a whole; an empty one is removed. */
  set(owner: Owner, entry: Entry): void {
    if (this.#memory) this.#memory.set(entryName(owner), entry);
    else this.#write(entryName(owner), entry);
  }

  /**
   * Makes the index of this boot anew, and then drops those of other boots.
   * @returns false when it could not be written, on a full disk for instance: this object serves it from memory then
   */
  rebuild(entries: readonly (readonly [Owner, Entry])[]): boolean {
    this.#memory = undefined;
    try {
      rmSync(this.#folder, { recursive: true, force: true });
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      for (const [owner, entry] of entries)
        symlinkSync(formatEntry(entry), join(this.#folder, entryName(owner)));
      for (const folder of this.#otherBoots()) rmSync(folder, { recursive: true, force: true });
      return true;
    } catch {
      this.#memory = new Map(entries.map(([owner, entry]) => [entryName(owner), entry]));
      return false;
    }
  }

  /** Every address in the entries of other boots. */
  readEarlier(): Entry {
    return new Map(this.#otherBoots().flatMap(readEntries));
  }

  #write(name: string, entry: Entry): void {
    const path = join(this.#folder, name);
    if (entry.size === 0) {
      rmSync(path, { force: true });
      return;
    }
    const written = join(this.#folder, draft);
    rmSync(written, { force: true });
    symlinkSync(formatEntry(entry), written);
    renameSync(written, path);
  }

  #otherBoots(): string[] {
    const parent = dirname(this.#folder);
    const folders = ifPresent(() => readdirSync(parent)) ?? [];
    return folders.map((name) => join(parent, name)).filter((folder) => folder !== this.#folder);
  }
}

function readEntries(folder: string): [string, bigint][] {
  const names = ifPresent(() => readdirSync(folder, { withFileTypes: true })) ?? [];
  return names
    .filter((entry) => entry.isSymbolicLink())
    .flatMap(({ name }) => [...parseEntry(readlinkSync(join(folder, name)))]);
}

/** Container ids hold no "@" and may be longer than a file name. */
function entryName({ containerId, ifName }: Owner): string {
  const name = `${containerId}@${ifName}`;
  return Buffer.byteLength(name) <= maxName ? name : createHash('sha256').update(name).digest('hex');
}

function formatEntry(entry: Entry): string {
  return [...entry].map(([address, writtenAt]) => `${address}=${writtenAt}`).join(',');
}

function parseEntry(target: string): Map<string, bigint> {
  const pairs = target.split(',').map((pair) => /^([0-9a-f.:]+)=(\d{1,20})$/.exec(pair));
  return new Map(pairs.flatMap((match) => (match ? [[match[1]!, BigInt(match[2]!)] as const] : [])));
}
