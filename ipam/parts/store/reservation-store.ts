/**
 * The reservations of one network, shared with the reference plugin: same files, same flock(2).
 *
 * Beside them lies an index by attachment and by address, so that ADD and DEL read a constant number of files. The
 * reference plugin knows nothing of it; the seal on the directory tells whether it has been there since (see
 * `network-directory.ts`). When it has, the store is looked through once as a whole (`survey.ts`) and the index put right.
 * A process killed half-way leaves the seal broken too, so nothing depends on a call having run to its end.
 *
 * A reservation is stale, and its address free, when it is empty (its writer died, or power failed) or was made before
 * this boot: network namespaces do not survive one, hence no container does that could still use the address. That is
 * also why nothing is flushed to the disk (fsync(2)): what a power failure takes would not count afterwards.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CniError, ErrorCode } from '../../../cni/errors';
import { hasCode } from '../../../linux/errors';
import { FileLock } from '../../../linux/flock/flock';
import type { Ip } from '../ip';
import { AttachmentIndex, type Entries } from './attachment-index';
import { type Boot, getBoot } from './boot';
import { type Entry, entryName } from './entry';
import { attempt, doing, doingInTurns, ensureFolder } from './io-failure';
import { NetworkDirectory, type ReservationStat } from './network-directory';
import { isSameOwner, type Owner } from './reservation';
import { entriesOf, isStale, type Reservation, survey } from './survey';
import { forEachInTurns } from './turns';

export const defaultDataDir = '/var/lib/cni/networks';

export interface StoreLocation {
  /** Empty means {@link defaultDataDir}. */
  dataDir: string;
  network: string;
}

export const folderOf = ({ dataDir, network }: StoreLocation) => join(dataDir || defaultDataDir, network);

const noEntry: Entry = new Map();

export class ReservationStore implements Disposable {
  readonly #lock: FileLock;
  readonly #directory: NetworkDirectory;
  readonly #index: AttachmentIndex;
  readonly #boot: Boot;

  private constructor(lock: FileLock, location: StoreLocation, boot: Boot) {
    this.#lock = lock;
    this.#directory = new NetworkDirectory(folderOf(location));
    this.#index = new AttachmentIndex(location.dataDir || defaultDataDir, location.network, boot.id);
    this.#boot = boot;
  }

  /**
   * Opens the store of a network, creates it when it is missing, and locks it until it is disposed of.
   * @throws CniError 5
   */
  static async open(location: StoreLocation, boot = getBoot()): Promise<ReservationStore> {
    const folder = folderOf(location);
    doing(`create directory ${JSON.stringify(folder)}`, () => ensureFolder(folder));
    const store = new ReservationStore(await acquireLock(folder), location, boot);
    try {
      await doingInTurns(`read directory ${JSON.stringify(folder)}`, () => store.#synchronise());
      return store;
    } catch (error) {
      store[Symbol.dispose]();
      throw error;
    }
  }

  /** As {@link open}; undefined when nothing was ever reserved in this network. */
  static async find(location: StoreLocation, boot = getBoot()): Promise<ReservationStore | undefined> {
    return existsSync(folderOf(location)) ? ReservationStore.open(location, boot) : undefined;
  }

  isReserved(address: string): boolean {
    const stat = this.#directory.findStat(address);
    return stat !== undefined && !this.#isStale(address, stat);
  }

  /** The first address of `first` to `last`, both included, that is not taken as far as the index knows. */
  findUntaken(family: Ip['family'], first: bigint, last: bigint): bigint | undefined {
    return this.#index.taken.findFree(family, first, last);
  }

  findLastReserved(setIndex: number): string | undefined {
    return this.#directory.findLastReserved(setIndex);
  }

  /** The addresses of an attachment. Files without interface name belong to every interface of their container. */
  findAddresses(owner: Owner): string[] {
    const names = [owner, { ...owner, ifName: '' }];
    return names.map((name) => this.#verified(name)).find((addresses) => addresses.length > 0) ?? [];
  }

  /**
   * Reserves free addresses, all or none.
   * @param addresses by index of the range set that each was taken from
   * @throws CniError 5
   */
  reserve(owner: Owner, addresses: readonly string[]): void {
    const operation = `reserve ${addresses.join(', ')} in ${JSON.stringify(this.#directory.path)}`;
    const known = this.#index.find(owner) ?? noEntry;
    doing(operation, () => {
      for (const address of addresses) if (!this.isReserved(address)) this.#directory.remove(address);
      this.#directory.create(owner, addresses, (writtenAt) => {
        this.#index.set(owner, new Map([...known, ...addresses.map((ip) => [ip, writtenAt] as const)]));
      });
      this.#noteLastReserved(addresses);
    });
    if (this.#mark(addresses, true)) this.#seal();
  }

  /** Gives back what an attachment has; nothing is fine too. @throws CniError 5 */
  release(owner: Owner): void {
    const holder = [owner, { ...owner, ifName: '' }].find((name) => this.#index.find(name));
    if (!holder) return;
    const removed = [...this.#index.find(holder)!.keys()].filter((address) =>
      this.#removeOwn(holder, address),
    );
    if (attempt(() => this.#index.set(holder, noEntry)) && this.#mark(removed, false)) this.#seal();
  }

  /**
   * Gives back every address that belongs to none of `owners`, goes on behind failures.
   * @throws CniError 5 that lists what could not be removed
   */
  async retain(owners: readonly Owner[]): Promise<void> {
    const kept: Reservation[] = [];
    const failures: string[] = [];
    const valid = new Set(owners.flatMap((owner) => [entryName(owner), entryName({ ...owner, ifName: '' })]));
    const { known, reservations } = await this.#survey();
    await forEachInTurns(reservations, (reservation) => {
      if (reservation.entry !== undefined && valid.has(reservation.entry)) kept.push(reservation);
      else
        try {
          this.#remove(reservation.address);
        } catch (error) {
          kept.push(reservation);
          failures.push((error as Error).message);
        }
    });
    await this.#record(kept, known);
    if (failures.length > 0) throw new CniError(ErrorCode.ioFailure, failures.join('; '));
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }

  /** A failure takes the reservations back. The seal is broken then, so the next call makes the index anew. */
  #noteLastReserved(addresses: readonly string[]): void {
    try {
      for (const [setIndex, address] of addresses.entries())
        this.#directory.setLastReserved(setIndex, address);
    } catch (error) {
      for (const address of addresses) attempt(() => this.#directory.remove(address));
      throw error;
    }
  }

  async #synchronise(): Promise<void> {
    if (this.#index.exists() && this.#directory.isSealed()) return;
    attempt(() => this.#directory.removeDraft());
    const { known, reservations } = await this.#survey();
    await this.#record(reservations, known);
  }

  async #survey(): Promise<{ known: Entries; reservations: Reservation[] }> {
    const known = await this.#index.list();
    const earlier = await this.#index.listEarlier();
    const { startedAt } = this.#boot;
    return { known, reservations: await survey(this.#directory, { known, earlier, startedAt }) };
  }

  async #record(reservations: readonly Reservation[], known: Entries): Promise<void> {
    const addresses = reservations.map(({ address }) => address);
    if (await this.#index.replace(await entriesOf(reservations), known, addresses)) this.#seal();
  }

  #isStale(address: string, stat: ReservationStat): boolean {
    const isKnown = () => {
      const owner = this.#directory.findOwner(address);
      return owner !== undefined && this.#index.find(owner)?.get(address) === stat.writtenAt;
    };
    return isStale(address, stat, { earlier: noEntry, startedAt: this.#boot.startedAt, isKnown });
  }

  /** Whether the index could be told. */
  #mark(addresses: readonly string[], taken: boolean): boolean {
    return attempt(() => {
      for (const address of addresses) this.#index.taken.mark(address, taken);
    });
  }

  /** The indexed addresses of exactly this owner that are still its own. */
  #verified(owner: Owner): string[] {
    const addresses = [...(this.#index.find(owner) ?? noEntry).keys()];
    return addresses.filter((address) => isSameOwner(owner, this.#directory.findOwner(address)));
  }

  /** Whether the address is free then. */
  #removeOwn(owner: Owner, address: string): boolean {
    const stat = this.#directory.findStat(address);
    if (stat && !stat.isEmpty && !isSameOwner(owner, this.#directory.findOwner(address))) return false;
    this.#remove(address);
    return true;
  }

  #remove(address: string): void {
    doing(`release ${address} in ${JSON.stringify(this.#directory.path)}`, () =>
      this.#directory.remove(address),
    );
  }

  /** Without seal every call reads the whole store: slow, and right. */
  #seal(): void {
    attempt(() => this.#directory.seal());
  }
}

/** The reference plugin locks the same file. */
async function acquireLock(folder: string): Promise<FileLock> {
  try {
    return await FileLock.acquire(join(folder, 'lock'));
  } catch (error) {
    const code = hasCode(error, 'ETIMEDOUT') ? ErrorCode.tryAgainLater : ErrorCode.ioFailure;
    throw new CniError(code, (error as Error).message);
  }
}
