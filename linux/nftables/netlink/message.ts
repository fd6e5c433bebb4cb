/** Messages of nf_tables: `struct nfgenmsg`, NFT_MSG_*, NFTA_* of lists and data (linux/netfilter/nf_tables.h, nfnetlink.h). */
import { AttributeTable, text } from '../../netlink/attribute';
import type { Message } from '../../netlink/message';
import type { TableFamily, TableRef } from '../model';
import { refuse } from '../validate';

export const NFNL_SUBSYS_NFTABLES = 10;
export const NFNL_MSG_BATCH_BEGIN = 16;
export const NFNL_MSG_BATCH_END = 17;

const subsystem = NFNL_SUBSYS_NFTABLES << 8;
export const NFT_MSG_NEWTABLE = subsystem | 0;
export const NFT_MSG_GETTABLE = subsystem | 1;
export const NFT_MSG_DELTABLE = subsystem | 2;
export const NFT_MSG_NEWCHAIN = subsystem | 3;
export const NFT_MSG_GETCHAIN = subsystem | 4;
export const NFT_MSG_DELCHAIN = subsystem | 5;
export const NFT_MSG_NEWRULE = subsystem | 6;
export const NFT_MSG_GETRULE = subsystem | 7;
export const NFT_MSG_DELRULE = subsystem | 8;
export const NFT_MSG_NEWSET = subsystem | 9;
export const NFT_MSG_GETSET = subsystem | 10;
export const NFT_MSG_NEWSETELEM = subsystem | 12;
export const NFT_MSG_GETSETELEM = subsystem | 13;
export const NFT_MSG_DELSETELEM = subsystem | 14;
export const NFT_MSG_GETGEN = subsystem | 16;

export const NFTA_LIST_ELEM = 1;
export const NFTA_DATA_VALUE = 1;
export const NFTA_DATA_VERDICT = 2;

/** What all requests about a table's objects begin with: NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_SET_TABLE … are one number. */
export const NFTA_TABLE = 1;

const headerSize = 4;

/** NFPROTO_* (linux/netfilter.h). */
const familyNumbers: Record<TableFamily, number> = { inet: 1, ip: 2, arp: 3, netdev: 5, bridge: 7, ip6: 10 };
const families = new Map(
  Object.entries(familyNumbers).map(([name, number]) => [number, name as TableFamily]),
);

/** One request to nf_tables; `operation` is the first half of an error's message. */
export interface NftRequest {
  operation: string;
  type: number;
  flags?: number;
  body: Buffer;
}

/** The fixed structure with attributes behind it. @param resource NFNL_SUBSYS_* in a batch's first and last message */
export function nfgenmsg(family: number, attributes: readonly Buffer[], resource = 0): Buffer {
  return Buffer.concat([Buffer.of(family, 0, resource >> 8, resource & 0xff), ...attributes]);
}

/** A name as it is: others' objects may have names that nft would not take. @throws SyscallError EINVAL for a NUL */
export function nameText(type: number, name: string): Buffer {
  return name.includes('\0') ? refuse('name', name, 'a NUL would end it') : text(type, name);
}

/** The body of a request about something in `table`. */
export function inTable(table: TableRef, attributes: readonly Buffer[]): Buffer {
  const name = nameText(NFTA_TABLE, table.name);
  return nfgenmsg(familyNumbers[table.family], [name, ...attributes]);
}

/** The body of a request about all objects of the family, or of all families. */
export function inFamily(family?: TableFamily): Buffer {
  return nfgenmsg(family === undefined ? 0 : familyNumbers[family], []);
}

export function attributesOf({ payload }: Message): AttributeTable {
  return new AttributeTable(payload.subarray(headerSize));
}

/** Undefined for families that have no name here. */
export function familyOf({ payload }: Message): TableFamily | undefined {
  return families.get(payload[0]!);
}
