/**
 * The directory of one network in the reference plugin's format: a file for each reserved address, named by it, and
 * `last_reserved_ip.<set>` for each range set. Callers hold the lock of the directory.
 */
import {
  constants,
  linkSync,
  lstatSync,
  readFileSync,
  renameSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../../linux/errors';
import { ifPresent } from './io-failure';
import { formatOwner, isReservationName, type Owner, parseOwner } from './reservation';
import { listNames } from './turns';

/**
 * The directory's modification time while every reservation in it is indexed: 2001-01-01, in seconds. Any process that
 * adds or removes a file moves it to the present, so nothing the reference plugin does goes unnoticed. The value belongs
 * to the format of the index: builds that keep another one do not believe each other's.
 */
const seal = 978_307_200;

/** Where a file is made complete before it gets its name. */
const draft = '.draft';

/** Node takes the numbers of open(2) too, which its types do not say. */
const readFlags = (constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK) as unknown as string;

export interface ReservationStat {
  isEmpty: boolean;
  /** Modification time, nanoseconds. */
  writtenAt: bigint;
}

export class NetworkDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  isSealed(): boolean {
    return lstatSync(this.path).mtimeMs === seal * 1000;
  }

  seal(): void {
    utimesSync(this.path, seal, seal);
  }

  async listAddresses(): Promise<string[]> {
    return (await listNames(this.path)).filter(isReservationName);
  }

  /** Undefined when the address is not reserved. */
  findStat(address: string): ReservationStat | undefined {
    const stat = lstatSync(join(this.path, address), { bigint: true, throwIfNoEntry: false });
    return stat && { isEmpty: stat.isFile() && stat.size === 0n, writtenAt: stat.mtimeNs };
  }

  /** The owner that the file of `address` names; undefined without file, or when it names none. */
  findOwner(address: string): Owner | undefined {
    const text = ifPresent(() => readRegularFile(join(this.path, address)));
    return text === undefined ? undefined : parseOwner(text);
  }

  /**
   * Creates one reservation for each address, all by hard links to one complete file, so that none is ever seen empty.
   * @param prepare called when the file is complete but has no name yet
   * @throws the first failure, when none of the addresses is left reserved; EEXIST when one was reserved already
   */
  create(owner: Owner, addresses: readonly string[], prepare: (writtenAt: bigint) => void): void {
    const source = this.#writeDraft(formatOwner(owner));
    const created: string[] = [];
    try {
      prepare(lstatSync(source, { bigint: true }).mtimeNs);
      for (const address of addresses) {
        linkSync(source, join(this.path, address));
        created.push(address);
      }
    } catch (error) {
      for (const address of created) this.remove(address);
      throw error;
    } finally {
      this.removeDraft();
    }
  }

  remove(address: string): void {
    ifPresent(() => unlinkSync(join(this.path, address)));
  }

  /** Text of `last_reserved_ip.<set>`; undefined when there is none. */
  findLastReserved(setIndex: number): string | undefined {
    return ifPresent(() => readRegularFile(join(this.path, `last_reserved_ip.${setIndex}`)));
  }

  setLastReserved(setIndex: number, address: string): void {
    renameSync(this.#writeDraft(address), join(this.path, `last_reserved_ip.${setIndex}`));
  }

  removeDraft(): void {
    ifPresent(() => unlinkSync(join(this.path, draft)));
  }

  #writeDraft(text: string): string {
    this.removeDraft();
    const path = join(this.path, draft);
    try {
      writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      this.removeDraft();
      throw error;
    }
    return path;
  }
}

/** Neither follows a link nor waits for the writer of a pipe; '' for what is no regular file. */
function readRegularFile(path: string): string {
  try {
    return readFileSync(path, { encoding: 'utf8', flag: readFlags });
  } catch (error) {
    if (hasCode(error, 'EISDIR', 'ELOOP', 'EAGAIN', 'ENXIO')) return '';
    throw error;
  }
}
