/** Tables and chains: NFTA_TABLE_*, NFTA_CHAIN_*, NFTA_HOOK_* (linux/netfilter/nf_tables.h). */
import { nested, text } from '../../netlink/attribute';
import type { Message } from '../../netlink/message';
import type { BaseChain, ChainRecord, TableRef } from '../model';
import { objectName, tableName } from '../operation';
import { be32, readBe32 } from './attribute';
import {
  attributesOf,
  familyOf,
  inFamily,
  inTable,
  NFT_MSG_GETCHAIN,
  NFT_MSG_GETTABLE,
  NFTA_TABLE,
  nameText,
} from './message';
import type { NetfilterSocket } from './socket';

const NFTA_TABLE_FLAGS = 2;
const NFTA_CHAIN_NAME = 3;
const NFTA_CHAIN_HOOK = 4;
const NFTA_CHAIN_POLICY = 5;
const NFTA_CHAIN_TYPE = 7;
const NFTA_HOOK_HOOKNUM = 1;
const NFTA_HOOK_PRIORITY = 2;
const NF_ACCEPT = 1;

/** NF_INET_*; NF_BR_* has the same numbers. */
const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;

export function encodeTable(table: TableRef): Buffer {
  return inTable(table, [be32(NFTA_TABLE_FLAGS, 0)]);
}

export function encodeChain(table: TableRef, name: string, base?: BaseChain): Buffer {
  const own = base && [
    text(NFTA_CHAIN_TYPE, base.type),
    be32(NFTA_CHAIN_POLICY, NF_ACCEPT),
    nested(NFTA_CHAIN_HOOK, [
      be32(NFTA_HOOK_HOOKNUM, hooks.indexOf(base.hook)),
      be32(NFTA_HOOK_PRIORITY, base.priority),
    ]),
  ];
  return inTable(table, [nameText(NFTA_CHAIN_NAME, name), ...(own ?? [])]);
}

export function listTables(socket: NetfilterSocket): TableRef[] {
  const request = { operation: 'list tables', type: NFT_MSG_GETTABLE, body: inFamily() };
  return socket.dump(request).flatMap((message) => {
    const family = familyOf(message);
    const name = attributesOf(message).text(NFTA_TABLE);
    return family && name !== undefined ? [{ family, name }] : [];
  });
}

function decodeChain(message: Message): ChainRecord {
  const table = attributesOf(message);
  const name = table.text(NFTA_CHAIN_NAME) ?? '';
  const type = table.text(NFTA_CHAIN_TYPE);
  if (type === undefined) return { name };
  const hook = table.nested(NFTA_CHAIN_HOOK);
  const base = {
    type: type as BaseChain['type'],
    hook: hooks[readBe32(hook, NFTA_HOOK_HOOKNUM) ?? 0]!,
    priority: (readBe32(hook, NFTA_HOOK_PRIORITY) ?? 0) | 0,
    policy: readBe32(table, NFTA_CHAIN_POLICY) === 0 ? ('drop' as const) : ('accept' as const),
  };
  return { name, base };
}

/** The kernel lists a family, not a table. */
export function listChains(socket: NetfilterSocket, table: TableRef): ChainRecord[] {
  const operation = `list chains of ${tableName(table)}`;
  const messages = socket.dump({ operation, type: NFT_MSG_GETCHAIN, body: inFamily(table.family) });
  return messages.filter((message) => attributesOf(message).text(NFTA_TABLE) === table.name).map(decodeChain);
}

/** @throws SyscallError ENOENT when the table has no such chain */
export function requireChain(socket: NetfilterSocket, table: TableRef, name: string): void {
  const operation = `get ${objectName('chain', name, table)}`;
  socket.get({ operation, type: NFT_MSG_GETCHAIN, body: encodeChain(table, name) });
}
