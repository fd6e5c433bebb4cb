/** {@link Nftables} on a netlink socket: the normal way. */
import { closeSync } from 'node:fs';
import { ERESTART, hasCode, SyscallError } from '../../errors';
import { check, ioctl } from '../../libc';
import { Netns } from '../../netns/netns';
import { parseParts } from '../data';
import { intervalsMeet } from '../element-overlap';
import type {
  ChainRecord,
  Change,
  CommitOptions,
  Element,
  Nftables,
  RuleRecord,
  SetSpec,
  TableRef,
} from '../model';
import { NftCommandNftables } from '../nft-command/nftables';
import { objectName } from '../operation';
import { readBe32 } from './attribute';
import { Batch } from './batch';
import { ChangeEncoder } from './change';
import { decodeElements, elementOf, encodeElements, encodeWholeSet, type RawElement } from './element';
import { attributesOf, inFamily, NFT_MSG_GETGEN, NFT_MSG_GETSETELEM } from './message';
import { listRules } from './rule';
import { getSet, isIntervalConcatenation, listSets } from './set';
import { NetfilterSocket } from './socket';
import { listChains, listTables, requireChain } from './table';

/** linux/sockios.h: a descriptor of the namespace that a socket belongs to. */
const SIOCGSKNS = 0x894c;
const NFTA_GEN_ID = 1;

/** What is empty when it is not there. */
function orElse<T>(absent: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return absent;
    throw error;
  }
}

function hasText(change: Change): boolean {
  return 'addRule' in change && change.addRule.statements.some((statement) => 'text' in statement);
}

export class NetlinkNftables implements Nftables {
  readonly #socket: NetfilterSocket;

  private constructor(socket: NetfilterSocket) {
    this.#socket = socket;
  }

  /** Opens in the namespace of the calling thread and stays there. @throws SyscallError */
  static open(): NetlinkNftables {
    return new NetlinkNftables(NetfilterSocket.open());
  }

  async generation(): Promise<number> {
    const request = { operation: 'get generation', type: NFT_MSG_GETGEN, body: inFamily() };
    return readBe32(attributesOf(this.#socket.get(request)), NFTA_GEN_ID) ?? 0;
  }

  async listTables(): Promise<TableRef[]> {
    return listTables(this.#socket);
  }

  async listChains(table: TableRef): Promise<ChainRecord[]> {
    return listChains(this.#socket, table);
  }

  async listSets(table: TableRef): Promise<SetSpec[]> {
    return orElse([], () => listSets(this.#socket, table));
  }

  async findRules(table: TableRef, chain: string): Promise<RuleRecord[] | undefined> {
    return orElse(undefined, () => {
      const rules = listRules(this.#socket, table, chain);
      if (rules.length === 0) requireChain(this.#socket, table, chain);
      return rules;
    });
  }

  async findElement(table: TableRef, set: SetSpec, key: readonly string[]): Promise<Element | undefined> {
    const wanted = parseParts(set.key, key);
    const isRange = wanted.some(({ first, last }) => !first.equals(last));
    // The kernel finds no interval of one field by a value within, and no other by a range that begins before it.
    const own = set.interval && !isIntervalConcatenation(set) ? undefined : this.#getElement(table, set, key);
    const found =
      own ??
      (set.interval && (isRange || set.key.length === 1)
        ? this.#listRaw(table, set).find((element) => intervalsMeet(element.key, wanted))
        : undefined);
    return found && elementOf(set, found);
  }

  #getElement(table: TableRef, set: SetSpec, key: readonly string[]): RawElement | undefined {
    const operation = `get element of ${objectName('set', set.name, table)}`;
    const [body] = encodeElements(table, set, [{ key }]);
    const request = { operation, type: NFT_MSG_GETSETELEM, body: body! };
    return orElse(undefined, () => decodeElements(set, [this.#socket.get(request)])[0]);
  }

  async listElements(table: TableRef, set: SetSpec): Promise<Element[]> {
    return this.#listRaw(table, set).map((element) => elementOf(set, element));
  }

  #listRaw(table: TableRef, set: SetSpec): RawElement[] {
    const operation = `list elements of ${objectName('set', set.name, table)}`;
    const request = { operation, type: NFT_MSG_GETSETELEM, body: encodeWholeSet(table, set) };
    return orElse([], () => decodeElements(set, this.#socket.dump(request)));
  }

  async commit(changes: readonly Change[], options: CommitOptions = {}): Promise<void> {
    if (changes.some(hasText)) return this.#commitByCommand(changes, options);
    const encoder = new ChangeEncoder((table, name) => getSet(this.#socket, table, name));
    const requests = encoder.encode(changes);
    if (requests.length > 0) this.#socket.commit(new Batch(requests, options.generation));
  }

  /** nft cannot be held to a generation, so it is looked at before; what changes in between is not noticed. */
  async #commitByCommand(changes: readonly Change[], options: CommitOptions): Promise<void> {
    const { generation } = options;
    if (generation !== undefined && generation !== (await this.generation()))
      throw new SyscallError('change nftables', ERESTART);
    using netns = this.#netns();
    using command = NftCommandNftables.open(netns);
    await command.commit(changes, options);
  }

  #netns(): Netns {
    const fd = check('get namespace of netfilter socket', ioctl(this.#socket.fd, SIOCGSKNS, Buffer.alloc(0)));
    try {
      return Netns.open(`/proc/self/fd/${fd}`);
    } finally {
      closeSync(fd);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
