/** Sets and maps: NFTA_SET_* (linux/netfilter/nf_tables.h), with nft's type numbers and user data, so that it lists them right. */

import { setUint32 } from '../../../values/integers';
import { type AttributeTable, aligned, attribute, nested } from '../../netlink/attribute';
import { dataKinds } from '../data';
import type { DataType, SetSpec, TableRef } from '../model';
import { objectName, tableName } from '../operation';
import { be32, readBe32 } from './attribute';
import { attributesOf, inTable, NFT_MSG_GETSET, NFTA_LIST_ELEM, nameText } from './message';
import type { NetfilterSocket } from './socket';
import { userDatum } from './user-data';

const NFTA_SET_NAME = 2;
const NFTA_SET_FLAGS = 3;
const NFTA_SET_KEY_TYPE = 4;
const NFTA_SET_KEY_LEN = 5;
const NFTA_SET_DATA_TYPE = 6;
const NFTA_SET_DATA_LEN = 7;
const NFTA_SET_DESC = 9;
const NFTA_SET_ID = 10;
const NFTA_SET_USERDATA = 13;
const NFTA_SET_DESC_CONCAT = 2;
const NFTA_SET_FIELD_LEN = 1;

const NFT_SET_INTERVAL = 0x4;
const NFT_SET_MAP = 0x8;
const NFT_SET_CONCAT = 0x80;
const plainFlags = NFT_SET_INTERVAL | NFT_SET_MAP | NFT_SET_CONCAT;

/** Types of a concatenation are 6 bits each. */
const typeBits = 6;
const typesById = new Map(Object.entries(dataKinds).map(([name, { id }]) => [id, name as DataType] as const));

/** An interval set of several fields: each element has two keys, its ends. */
export function isIntervalConcatenation({ key, interval }: SetSpec): boolean {
  return interval === true && key.length > 1;
}

/** Bytes of a key or value: parts of a concatenation begin at multiples of four. */
function sizeOf(types: readonly DataType[]): number {
  const sizes = types.map((type) => dataKinds[type].size);
  return sizes.length === 1 ? sizes[0]! : sizes.reduce((sum, size) => sum + aligned(size), 0);
}

function typeNumber(types: readonly DataType[]): number {
  return types.reduce((number, type) => (number << typeBits) | dataKinds[type].id, 0);
}

function typesOf(number: number): DataType[] {
  const types: DataType[] = [];
  for (let rest = number; rest > 0; rest >>>= typeBits) {
    const type = typesById.get(rest & ((1 << typeBits) - 1));
    // Sets of others may have types that are not read here.
    types.unshift(type ?? (`type ${rest & 63}` as DataType));
  }
  return types;
}

/** enum byteorder of nft: 0 for none, 1 the host's, 2 the network's. */
function byteorder(types: readonly DataType[]): number {
  if (types.length > 1 || types[0] === 'inet_proto') return 0;
  return types[0] === 'ifname' ? 1 : 2;
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  setUint32(bytes, 0, value);
  return bytes;
}

/** NFTNL_UDATA_SET_*: what nft writes for a concatenation that was declared by its types: its expression, without data. */
const concatenationTypeof = Buffer.concat([userDatum(0, number32(13)), userDatum(1, Buffer.alloc(0))]);

function userData({ key, value }: SetSpec): Buffer {
  return Buffer.concat([
    userDatum(0, number32(byteorder(key))),
    ...(value ? [userDatum(1, number32(byteorder(value)))] : []),
    ...(key.length > 1 ? [userDatum(3, concatenationTypeof)] : []),
    ...(value && value.length > 1 ? [userDatum(4, concatenationTypeof)] : []),
    ...(value ? [userDatum(6, number32(0))] : []),
  ]);
}

function flagsOf(set: SetSpec): number {
  return (
    (set.value ? NFT_SET_MAP : 0) |
    (set.interval ? NFT_SET_INTERVAL : 0) |
    (isIntervalConcatenation(set) ? NFT_SET_CONCAT : 0)
  );
}

function fieldLengths(types: readonly DataType[]): Buffer {
  const fields = types.map((type) =>
    nested(NFTA_LIST_ELEM, [be32(NFTA_SET_FIELD_LEN, dataKinds[type].size)]),
  );
  return nested(NFTA_SET_DESC, [nested(NFTA_SET_DESC_CONCAT, fields)]);
}

/** @param id distinguishes the sets of one batch */
export function encodeSet(table: TableRef, set: SetSpec, id: number): Buffer {
  const { name, key, value } = set;
  return inTable(table, [
    nameText(NFTA_SET_NAME, name),
    be32(NFTA_SET_FLAGS, flagsOf(set)),
    be32(NFTA_SET_KEY_TYPE, typeNumber(key)),
    be32(NFTA_SET_KEY_LEN, sizeOf(key)),
    ...(value ? [be32(NFTA_SET_DATA_TYPE, typeNumber(value)), be32(NFTA_SET_DATA_LEN, sizeOf(value))] : []),
    be32(NFTA_SET_ID, id),
    ...(isIntervalConcatenation(set) ? [fieldLengths(key)] : []),
    attribute(NFTA_SET_USERDATA, userData(set)),
  ]);
}

function decodeSet(table: AttributeTable): SetSpec {
  const flags = readBe32(table, NFTA_SET_FLAGS) ?? 0;
  return {
    name: table.text(NFTA_SET_NAME) ?? '',
    key: typesOf(readBe32(table, NFTA_SET_KEY_TYPE) ?? 0),
    ...(flags & NFT_SET_MAP ? { value: typesOf(readBe32(table, NFTA_SET_DATA_TYPE) ?? 0) } : {}),
    ...(flags & NFT_SET_INTERVAL ? { interval: true } : {}),
    ...(flags & ~plainFlags ? { other: true } : {}),
  };
}

/** @throws SyscallError ENOENT when there is no such table */
export function listSets(socket: NetfilterSocket, table: TableRef): SetSpec[] {
  const request = {
    operation: `list sets of ${tableName(table)}`,
    type: NFT_MSG_GETSET,
    body: inTable(table, []),
  };
  return socket.dump(request).map((message) => decodeSet(attributesOf(message)));
}

/** @throws SyscallError ENOENT */
export function getSet(socket: NetfilterSocket, table: TableRef, name: string): SetSpec {
  const operation = `get ${objectName('set', name, table)}`;
  const body = inTable(table, [nameText(NFTA_SET_NAME, name)]);
  return decodeSet(attributesOf(socket.get({ operation, type: NFT_MSG_GETSET, body })));
}
