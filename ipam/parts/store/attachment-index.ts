/**
 * From an attachment to its addresses, beside the reference plugin's directories and invisible to it:
 *
 *   <dataDir>/.tsnet/<network>/<boot id>/<container>@<interface> → 10.1.0.2=1700000000123456789,fd00::2=17…
 *   <dataDir>/.tsnet/<network>/<boot id>/.taken/…   which addresses are taken: `taken-addresses.ts`
 *
 * Entries are symbolic links, whose targets are written and read whole in one call. Each address carries the
 * modification time of its reservation. The folder's name says in which boot the entries were true: a reservation that
 * an entry of another boot describes to the nanosecond was certainly made before this boot, whatever the clock did.
 * Network names cannot begin with a dot, so the folder is none of theirs.
 */
import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasCode } from '../../../linux/errors';
import { type Entry, entryName, formatEntry, isSameEntry, parseEntry } from './entry';
import { attempt, ifPresentLater } from './io-failure';
import type { Owner } from './reservation';
import { TakenAddresses } from './taken-addresses';
import { forEachInTurns, listNames, removeFolder } from './turns';

const draft = '.draft';
const noEntry: Entry = new Map();

/** Entries by name. */
export type Entries = ReadonlyMap<string, Entry>;

export class AttachmentIndex {
  readonly taken: TakenAddresses;
  /** The folder of this boot; those of other boots lie beside it. */
  readonly #folder: string;
  /** All entries, when they could not be written. */
  #memory: Map<string, Entry> | undefined;

  constructor(dataDir: string, network: string, bootId: string) {
    this.#folder = join(dataDir, '.tsnet', network, bootId);
    this.taken = new TakenAddresses(join(this.#folder, '.taken'));
  }

  /** Whether the index of this boot has been made. */
  exists(): boolean {
    return this.taken.exists();
  }

  find(owner: Owner): Entry | undefined {
    const name = entryName(owner);
    if (this.#memory) return this.#memory.get(name);
    const target = findTarget(join(this.#folder, name));
    return target === undefined ? undefined : parseEntry(target);
  }

  /** Replaces the entry as a whole; an empty one is removed. */
  set(owner: Owner, entry: Entry): void {
    if (this.#memory) this.#memory.set(entryName(owner), entry);
    else this.#write(entryName(owner), entry);
  }

  /** Every entry of this boot that has been written. */
  list(): Promise<Entries> {
    return readEntries(this.#folder);
  }

  /** Every address in the entries of other boots. */
  async listEarlier(): Promise<Entry> {
    const earlier = new Map<string, bigint>();
    for (const folder of await this.#otherBoots())
      for (const entry of (await readEntries(folder)).values())
        for (const [address, writtenAt] of entry) earlier.set(address, writtenAt);
    return earlier;
  }

  /**
   * Makes the entries of this boot what they shall be, and then drops those of other boots.
   * @param before every entry as it is: {@link list}
   * @param taken addresses, also those that are in no entry
   * @returns false when it could not be written, on a full disk for instance: this object serves it from memory then
   */
  async replace(entries: Entries, before: Entries, taken: readonly string[]): Promise<boolean> {
    try {
      await this.#writeAll(entries, before);
      await this.taken.replace(taken);
      for (const folder of await this.#otherBoots()) await removeFolder(folder);
      return true;
    } catch {
      attempt(() => rmSync(this.#folder, { recursive: true, force: true }));
      this.#memory = new Map(entries);
      await this.taken.remember(taken);
      return false;
    }
  }

  /** Writes what differs. */
  async #writeAll(entries: Entries, before: Entries): Promise<void> {
    this.#memory = undefined;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    await forEachInTurns(before.keys(), (name) => {
      if (!entries.has(name)) this.#write(name, noEntry);
    });
    await forEachInTurns(entries, ([name, entry]) => {
      const known = before.get(name);
      if (known === undefined) this.#create(name, entry);
      else if (!isSameEntry(entry, known)) this.#write(name, entry);
    });
  }

  /** One call where {@link #write} takes three. What has the name all the same is replaced. */
  #create(name: string, entry: Entry): void {
    try {
      symlinkSync(formatEntry(entry), join(this.#folder, name));
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      this.#write(name, entry);
    }
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

  async #otherBoots(): Promise<string[]> {
    const parent = dirname(this.#folder);
    const folders = (await ifPresentLater(() => listNames(parent))) ?? [];
    return folders.map((name) => join(parent, name)).filter((folder) => folder !== this.#folder);
  }
}

/** None when there is no such folder. */
async function readEntries(folder: string): Promise<Entries> {
  const entries = new Map<string, Entry>();
  const names = (await ifPresentLater(() => listNames(folder))) ?? [];
  await forEachInTurns(names, (name) => {
    const target = name.startsWith('.') ? undefined : findTarget(join(folder, name));
    if (target !== undefined) entries.set(name, parseEntry(target));
  });
  return entries;
}

/** Undefined for what is no symbolic link, which is nothing of ours. */
function findTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EINVAL')) return undefined;
    throw error;
  }
}
