/** {@link Nftables} on a netlink socket: the normal way. */
import { closeSync } from 'node:fs';
import { ERESTART, SyscallError } from '../../errors';
import { check, ioctl } from '../../libc';
import { Netns } from '../../netns/netns';
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
import { readBe32 } from './attribute';
import { Batch } from './batch';
import { ChangeEncoder } from './change';
import { findElement, findElements, listElements, orElse } from './element-query';
import { attributesOf, inFamily, NFT_MSG_GETGEN } from './message';
import { listRules } from './rule';
import { getSet, isIntervalConcatenation, listSets } from './set';
import { NetfilterSocket } from './socket';
import { listChains, listTables, requireChain } from './table';

/** linux/sockios.h: a descriptor of the namespace that a socket belongs to. */
const SIOCGSKNS = 0x894c;
const NFTA_GEN_ID = 1;

function getGeneration(socket: NetfilterSocket): number {
  const request = { operation: 'get generation', type: NFT_MSG_GETGEN, body: inFamily() };
  return readBe32(attributesOf(socket.get(request)), NFTA_GEN_ID) ?? 0;
}

/** @throws SyscallError EPERM in a namespace of another user */
function netnsOf(socket: NetfilterSocket): Netns {
  const operation = 'get namespace of netfilter socket';
  const fd = check(operation, ioctl(socket.fd, SIOCGSKNS, Buffer.alloc(0)));
  try {
    return Netns.open(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}

function hasText(change: Change): boolean {
  return 'addRule' in change && change.addRule.statements.some((statement) => 'text' in statement);
}

function isDeletion(change: Change): boolean {
  return Object.keys(change).some((key) => key.startsWith('delete') || key.startsWith('flush'));
}

/** To take one element out of an interval set the kernel walks all before it: 20 ms behind 5,000. */
function isSlow(change: Change): boolean {
  return 'deleteElements' in change && isIntervalConcatenation(change.set);
}

export class NetlinkNftables implements Nftables {
  readonly #socket: NetfilterSocket;
  /** The end of the call that came last: calls share one socket, and some wait for the kernel on another thread. */
  #last: Promise<unknown> = Promise.resolve();
  #hasDeleted = false;

  private constructor(socket: NetfilterSocket) {
    this.#socket = socket;
  }

  /** Opens in the namespace of the calling thread and stays there. @throws SyscallError */
  static open(): NetlinkNftables {
    return new NetlinkNftables(NetfilterSocket.open());
  }

  generation(): Promise<number> {
    return this.#inTurn(getGeneration);
  }

  listTables(): Promise<TableRef[]> {
    return this.#inTurn(listTables);
  }

  listChains(table: TableRef): Promise<ChainRecord[]> {
    return this.#inTurn((socket) => listChains(socket, table));
  }

  listSets(table: TableRef): Promise<SetSpec[]> {
    return this.#inTurn((socket) => orElse([], () => listSets(socket, table)));
  }

  findRules(table: TableRef, chain: string): Promise<RuleRecord[] | undefined> {
    return this.#inTurn((socket) =>
      orElse(undefined, () => {
        const rules = listRules(socket, table, chain);
        if (rules.length === 0) requireChain(socket, table, chain);
        return rules;
      }),
    );
  }

  findElement(table: TableRef, set: SetSpec, key: readonly string[]): Promise<Element | undefined> {
    return this.#inTurn((socket) => findElement(socket, { table, set }, key));
  }

  findElements(
    table: TableRef,
    set: SetSpec,
    keys: readonly (readonly string[])[],
  ): Promise<(Element | undefined)[]> {
    return this.#inTurn((socket) => findElements(socket, { table, set }, keys));
  }

  listElements(table: TableRef, set: SetSpec): Promise<Element[]> {
    return this.#inTurn((socket) => listElements(socket, { table, set }));
  }

  commit(changes: readonly Change[], options: CommitOptions = {}): Promise<void> {
    return this.#inTurn((socket) =>
      changes.some(hasText)
        ? this.#commitByCommand(changes, options)
        : this.#commitHere(socket, changes, options),
    );
  }

  #commitHere(
    socket: NetfilterSocket,
    changes: readonly Change[],
    options: CommitOptions,
  ): Promise<void> | void {
    const encoder = new ChangeEncoder((table, name) => getSet(socket, table, name));
    const requests = encoder.encode(changes);
    if (requests.length === 0) return;
    const batch = new Batch(requests, options.generation);
    this.#hasDeleted ||= changes.some(isDeletion);
    if (changes.some(isSlow)) return socket.commitAside(batch);
    socket.commit(batch);
  }

  /** nft cannot be held to a generation, so it is looked at before; what changes in between is not noticed. */
  async #commitByCommand(changes: readonly Change[], options: CommitOptions): Promise<void> {
    const { generation } = options;
    if (generation !== undefined && generation !== getGeneration(this.#socket))
      throw new SyscallError('change nftables', ERESTART);
    using netns = netnsOf(this.#socket);
    using command = NftCommandNftables.open(netns);
    await command.commit(changes, options);
  }

  #inTurn<T>(action: (socket: NetfilterSocket) => T | Promise<T>): Promise<T> {
    const own = this.#last.then(() => action(this.#socket));
    this.#last = own.catch(() => undefined);
    return own;
  }

  /** Calls that are under way end first. */
  [Symbol.dispose](): void {
    this.#last.then(() => (this.#hasDeleted ? this.#socket.closeAside() : this.#socket.close()));
  }
}
