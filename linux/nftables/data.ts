/**
 * Parts of set keys and map values between text and bytes. Every part is an interval, most of one value: `80-90`,
 * `10.0.0.0/24` and `tcp` alike. Type numbers and sizes are nft's (its datatypes), in network order.
 */
import {
  AF_INET,
  AF_INET6,
  addressText,
  broadcastBytes,
  cidrText,
  networkBytes,
  parseAddress,
  parseCidr,
} from '../address/ip-address';
import { macText, parseMac } from '../address/mac-address';
import type { DataType } from './model';
import { protocolName, protocolNumber } from './protocol';
import { refuse } from './validate';

/** Both ends belong to it. */
export interface Interval {
  first: Buffer;
  last: Buffer;
}

interface DataKind {
  /** By which nft names it when it lists a set. */
  id: number;
  /** Bytes. */
  size: number;
  parse(text: string): Interval;
  text(interval: Interval): string;
}

function single(bytes: Buffer): Interval {
  return { first: bytes, last: bytes };
}

function parseRange(text: string, parse: (end: string) => Buffer): Interval {
  const [first, last, more] = text.split('-');
  if (last === undefined) return single(parse(text));
  const interval = { first: parse(first!), last: parse(last) };
  if (more !== undefined || Buffer.compare(interval.first, interval.last) > 0)
    refuse('range', text, 'not in the form first-last');
  return interval;
}

function rangeText({ first, last }: Interval, text: (end: Buffer) => string): string {
  return first.equals(last) ? text(first) : `${text(first)}-${text(last)}`;
}

function parseAddressOf(family: number, text: string): Buffer {
  const address = parseAddress(text);
  if (address.family !== family) refuse('address', text, 'of the other family');
  return address.bytes;
}

function parseAddresses(family: number, text: string): Interval {
  if (!text.includes('/')) return parseRange(text, (end) => parseAddressOf(family, end));
  const cidr = parseCidr(text);
  if (cidr.family !== family) refuse('prefix', text, 'of the other family');
  return { first: networkBytes(cidr), last: broadcastBytes(cidr) };
}

/** The prefix length of the interval; undefined when it is no prefix. */
export function findPrefix({ first, last }: Interval): number | undefined {
  const bits = first.length * 8;
  const same = [...first].findIndex((byte, at) => byte !== last[at]);
  if (same === -1) return bits;
  const prefix = same * 8 + Math.clz32(first[same]! ^ last[same]!) - 24;
  const cidr = { family: AF_INET, bytes: first, prefix } as const;
  return networkBytes(cidr).equals(first) && broadcastBytes(cidr).equals(last) ? prefix : undefined;
}

function addressesText(interval: Interval): string {
  const prefix = findPrefix(interval);
  return prefix === undefined || prefix === interval.first.length * 8
    ? rangeText(interval, addressText)
    : cidrText({ bytes: interval.first, prefix });
}

export function parsePort(text: string): Buffer {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) refuse('port', text, 'not a number of 0 to 65535');
  return Buffer.of(Number(text) >> 8, Number(text) & 0xff);
}

const ifnameSize = 16;

/** IFNAMSIZ with its NUL; what lies after it is zero. */
export function parseInterfaceName(name: string): Buffer {
  if (name === '' || Buffer.byteLength(name) >= ifnameSize) refuse('interface', name, 'not of 1 to 15 bytes');
  return Buffer.concat([Buffer.from(name)], ifnameSize);
}

export const dataKinds: Record<DataType, DataKind> = {
  ipv4_addr: { id: 7, size: 4, parse: (text) => parseAddresses(AF_INET, text), text: addressesText },
  ipv6_addr: { id: 8, size: 16, parse: (text) => parseAddresses(AF_INET6, text), text: addressesText },
  ether_addr: {
    id: 9,
    size: 6,
    parse: (text) => single(parseMac(text)),
    text: ({ first }) => macText(first),
  },
  inet_proto: {
    id: 12,
    size: 1,
    parse: (text) => single(Buffer.of(protocolNumber(text))),
    text: (interval) => rangeText(interval, (end) => protocolName(end[0]!)),
  },
  inet_service: {
    id: 13,
    size: 2,
    parse: (text) => parseRange(text, parsePort),
    text: (interval) => rangeText(interval, (end) => String(end.readUInt16BE())),
  },
  ifname: {
    id: 41,
    size: ifnameSize,
    parse: (text) => single(parseInterfaceName(text)),
    text: ({ first }) => first.toString('utf8').replace(/\0+$/, ''),
  },
};

/** @throws SyscallError EINVAL for another number of parts than types, or for what is not of its type */
export function parseParts(types: readonly DataType[], parts: readonly string[]): Interval[] {
  if (types.length !== parts.length) refuse('element', parts, `${types.length} parts are needed`);
  return types.map((type, at) => dataKinds[type].parse(parts[at]!));
}

/** @throws SyscallError EINVAL for a range where the set holds single values */
export function requireSingle(key: readonly Interval[], parts: readonly string[]): void {
  if (key.some(({ first, last }) => !first.equals(last)))
    refuse('element', parts, 'a range in a set without intervals');
}
