/** Changes as requests of one batch. */
import { NLM_F_CREATE, NLM_F_EXCL } from '../../netlink/message';
import type { Change, SetSpec, TableRef } from '../model';
import { changeOperation } from '../operation';
import { requireChangeNames } from '../validate';
import { encodeElements } from './element';
import { encodeRuleOnce } from './encoded-rules';
import {
  NFT_MSG_DELCHAIN,
  NFT_MSG_DELRULE,
  NFT_MSG_DELSETELEM,
  NFT_MSG_DELTABLE,
  NFT_MSG_NEWCHAIN,
  NFT_MSG_NEWRULE,
  NFT_MSG_NEWSET,
  NFT_MSG_NEWSETELEM,
  NFT_MSG_NEWTABLE,
  type NftRequest,
} from './message';
import { encodeRuleHandle, encodeWholeChain } from './rule';
import { encodeSet } from './set';

import { encodeChain, encodeTable } from './table';

/** linux/netlink.h; on a rule: after the others of its chain. */
const NLM_F_APPEND = 0x800;

type Parts = Omit<NftRequest, 'operation'>;
/** A set that is there already. */
export type FindKernelSet = (table: TableRef, name: string) => SetSpec;

export class ChangeEncoder {
  readonly #findKernelSet: FindKernelSet;
  /** Sets of this batch, by table and name. */
  readonly #sets = new Map<string, SetSpec>();

  constructor(findKernelSet: FindKernelSet) {
    this.#findKernelSet = findKernelSet;
  }

  /** @throws SyscallError EINVAL for what cannot be encoded; ENOENT for a rule about a set that is nowhere */
  encode(changes: readonly Change[]): NftRequest[] {
    return changes.flatMap((change) => {
      requireChangeNames(change);
      const operation = changeOperation(change);
      return this.#encodeOne(change).map((parts) => ({ operation, ...parts }));
    });
  }

  #encodeOne(change: Change): Parts[] {
    if ('addTable' in change)
      return [{ type: NFT_MSG_NEWTABLE, flags: NLM_F_CREATE, body: encodeTable(change.addTable) }];
    if ('deleteTable' in change) return [{ type: NFT_MSG_DELTABLE, body: encodeTable(change.deleteTable) }];
    if ('addRule' in change || 'deleteRule' in change) return [this.#encodeRule(change)];
    if ('addSet' in change) return [this.#encodeSet(change.table, change.addSet)];
    return 'set' in change ? encodeElementChange(change) : [encodeChainChange(change)];
  }

  #encodeRule(change: Extract<Change, { chain: unknown }>): Parts {
    const { table, chain } = change;
    if ('deleteRule' in change)
      return { type: NFT_MSG_DELRULE, body: encodeRuleHandle(table, chain, change.deleteRule) };
    const findSet = (name: string) => this.#sets.get(setKey(table, name)) ?? this.#findKernelSet(table, name);
    const body = encodeRuleOnce({ table, chain }, change.addRule, findSet);
    return { type: NFT_MSG_NEWRULE, flags: NLM_F_CREATE | NLM_F_APPEND, body };
  }

  #encodeSet(table: TableRef, set: SetSpec): Parts {
    this.#sets.set(setKey(table, set.name), set);
    const body = encodeSet(table, set, this.#sets.size);
    return { type: NFT_MSG_NEWSET, flags: NLM_F_CREATE, body };
  }
}

function setKey({ family, name }: TableRef, set: string): string {
  return `${family} ${name} ${set}`;
}

type ChainChange = Extract<
  Change,
  { addChain: unknown } | { flushChain: unknown } | { deleteChain: unknown }
>;

function encodeChainChange(change: ChainChange): Parts {
  if ('addChain' in change) {
    const body = encodeChain(change.table, change.addChain, change.base);
    return { type: NFT_MSG_NEWCHAIN, flags: NLM_F_CREATE, body };
  }
  return 'flushChain' in change
    ? { type: NFT_MSG_DELRULE, body: encodeWholeChain(change.table, change.flushChain) }
    : { type: NFT_MSG_DELCHAIN, body: encodeChain(change.table, change.deleteChain) };
}

type ElementChange = Extract<Change, { addElements: unknown } | { deleteElements: unknown }>;

function encodeElementChange(change: ElementChange): Parts[] {
  const { set, table } = change;
  if ('deleteElements' in change) {
    const keys = change.deleteElements.map(({ key }) => ({ key }));
    return encodeElements(table, set, keys).map((body) => ({ type: NFT_MSG_DELSETELEM, body }));
  }
  const flags = NLM_F_CREATE | (change.exclusive ? NLM_F_EXCL : 0);
  return encodeElements(table, set, change.addElements).map((body) => ({
    type: NFT_MSG_NEWSETELEM,
    flags,
    body,
  }));
}
