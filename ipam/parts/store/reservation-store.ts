/**
 * The reservations of one network, shared with the reference plugin: same files, same flock(2).
 *
 * Beside them lies an index by attachment, so that ADD and DEL read a constant number of files. The reference plugin
 * knows nothing of it; the seal on the directory tells whether it has been there since (see `network-directory.ts`).
 * When it has, the store is read once as a whole and the index made anew. A process killed half-way leaves the seal
 * broken too, so nothing depends on a call having run to its end.
 *
 * A reservation is stale, and its address free, when it is empty (its writer died, or power failed) or was made before
 * this boot: network namespaces do not survive one, hence no container does that could still use the address.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CniError, ErrorCode } from '../../../cni/errors';
import { hasCode } from '../../../linux/errors';
import { FileLock } from '../../../linux/flock/flock';
import { AttachmentIndex, type Entry } from './attachment-index';
import { type Boot, getBoot } from './boot';
import { attempt, doing, ensureFolder } from './io-failure';
import { NetworkDirectory, type ReservationStat } from './network-directory';
import { formatOwner, isSameOwner, type Owner } from './reservation';

export const defaultDataDir = '/var/lib/cni/networks';

export interface StoreLocation {
  /** Empty means {@link defaultDataDir}. */
  dataDir: string;
  network: string;
}

export const folderOf = ({ dataDir, network }: StoreLocation) => join(dataDir || defaultDataDir, network);

interface Reservation extends ReservationStat {
  address: string;
  /** Undefined when the file names none. */
  owner: Owner | undefined;
}

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
      doing(`read directory ${JSON.stringify(folder)}`, () => store.#synchronise());
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
    return stat !== undefined && !this.#isStale(address, stat, noEntry);
  }

  /** All reserved addresses, stale ones included; reads the whole directory. */
  listReserved(): string[] {
    return this.#directory.listAddresses();
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
    this.#seal();
  }

  /** Gives back what an attachment has; nothing is fine too. @throws CniError 5 */
  release(owner: Owner): void {
    const holder = [owner, { ...owner, ifName: '' }].find((name) => this.#index.find(name));
    if (!holder) return;
    for (const address of this.#index.find(holder)!.keys()) this.#removeOwn(holder, address);
    if (attempt(() => this.#index.set(holder, noEntry))) this.#seal();
  }

  /**
   * Gives back every address that belongs to none of `owners`, goes on behind failures.
   * @throws CniError 5 that lists what could not be removed
   */
  retain(owners: readonly Owner[]): void {
    const keeps = (reservation: Reservation) => owners.some((owner) => isHeldBy(reservation, owner));
    const failures: string[] = [];
    for (const reservation of this.#readAll(noEntry)) {
      if (keeps(reservation)) continue;
      try {
        this.#remove(reservation.address);
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    this.#rebuild(this.#readAll(noEntry));
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

  #synchronise(): void {
    if (this.#index.exists() && this.#directory.isSealed()) return;
    attempt(() => this.#directory.removeDraft());
    this.#rebuild(this.#readAll(this.#index.readEarlier()));
  }

  /** Every reservation; stale ones are removed on the way. @param earlier what is known to be of another boot */
  #readAll(earlier: Entry): Reservation[] {
    return this.#directory.listAddresses().flatMap((address) => {
      const stat = this.#directory.findStat(address);
      if (!stat) return [];
      if (this.#isStale(address, stat, earlier) && attempt(() => this.#directory.remove(address))) return [];
      return [{ address, owner: this.#directory.findOwner(address), ...stat }];
    });
  }

  #rebuild(reservations: readonly Reservation[]): void {
    if (this.#index.rebuild(entriesOf(reservations))) this.#seal();
  }

  #isStale(address: string, { isEmpty, writtenAt }: ReservationStat, earlier: Entry): boolean {
    if (isEmpty || earlier.get(address) === writtenAt) return true;
    if (writtenAt >= this.#boot.startedAt) return false;
    const owner = this.#directory.findOwner(address);
    return !owner || this.#index.find(owner)?.get(address) !== writtenAt;
  }

  /** The indexed addresses of exactly this owner that are still its own. */
  #verified(owner: Owner): string[] {
    const addresses = [...(this.#index.find(owner) ?? noEntry).keys()];
    return addresses.filter((address) => isSameOwner(owner, this.#directory.findOwner(address)));
  }

  #removeOwn(owner: Owner, address: string): void {
    const stat = this.#directory.findStat(address);
    if (stat?.isEmpty || isSameOwner(owner, this.#directory.findOwner(address))) this.#remove(address);
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

function isHeldBy({ owner }: Reservation, attachment: Owner): boolean {
  return isSameOwner(attachment, owner) || isSameOwner({ ...attachment, ifName: '' }, owner);
}

function entriesOf(reservations: readonly Reservation[]): [Owner, Entry][] {
  const entries = new Map<string, [Owner, Map<string, bigint>]>();
  for (const { address, owner, writtenAt } of reservations) {
    if (!owner) continue;
    const key = formatOwner(owner);
    const [, entry] = entries.get(key) ?? entries.set(key, [owner, new Map()]).get(key)!;
    entry.set(address, writtenAt);
  }
  return [...entries.values()];
}
