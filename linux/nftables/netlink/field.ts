/** Fields: how each gets into a register, and what its values are in bytes. Pure. */

import { setUint32 } from '../../../values/integers';
import { dataKinds, type Interval } from '../data';
import type { Field } from '../model';
import { refuse } from '../validate';
import { ctLoad, fibTypeLoad, metaLoad, type PayloadPlace, payloadLoad } from './expression';

const NFT_META_MARK = 3;
const NFT_META_IIFNAME = 6;
const NFT_META_OIFNAME = 7;
const NFT_META_NFPROTO = 15;
const NFT_META_L4PROTO = 16;
const NFT_CT_STATE = 0;
const NFT_CT_STATUS = 2;
const NFTA_FIB_F_SADDR = 1;
const NFTA_FIB_F_DADDR = 2;

/** What has to be known of a packet before its header may be read. */
export type Header = 'ip' | 'ip6' | 'ether';

export interface FieldKind {
  /** Bytes in a register. */
  size: number;
  load(register: number): Buffer;
  parse(value: string): Interval;
  header?: Header;
  /** Present for fields of headers. */
  place?: PayloadPlace;
  /** A word of bits: values are flags, and those of a match are alternatives. */
  flags?: true;
}

/** Registers hold numbers of the kernel's own in the host's order. */
export function hostNumber(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  setUint32(bytes, 0, value >>> 0);
  return bytes;
}

function single(bytes: Buffer): Interval {
  return { first: bytes, last: bytes };
}

/** Words of one field, by its numbers. */
function words(field: Field, numbers: Record<string, number>, encode: (value: number) => Buffer) {
  return (value: string): Interval => {
    const number = Object.hasOwn(numbers, value) ? numbers[value] : undefined;
    return number === undefined ? refuse(field, value, 'unknown') : single(encode(number));
  };
}

function parseMark(value: string): Interval {
  const number = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(value) ? Number(value) : Number.NaN;
  return number <= 0xffffffff ? single(hostNumber(number)) : refuse('mark', value, 'not a 32-bit number');
}

function header(place: PayloadPlace, parse: FieldKind['parse'], needed?: Header): FieldKind {
  return {
    size: place.length,
    load: (register) => payloadLoad(place, register),
    parse,
    place,
    ...(needed && { header: needed }),
  };
}

function meta(key: number, size: number, parse: FieldKind['parse']): FieldKind {
  return { size, load: (register) => metaLoad(key, register), parse };
}

/** enum ip_conntrack_info as bits, and enum ip_conntrack_status (linux/netfilter/nf_conntrack_common.h). */
const states = { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 };
const statuses = { expected: 1, 'seen-reply': 2, assured: 4, confirmed: 8, snat: 16, dnat: 32, dying: 512 };

function conntrack(field: Field, key: number, numbers: Record<string, number>): FieldKind {
  const parse = words(field, numbers, hostNumber);
  return { size: 4, load: (register) => ctLoad(key, register), parse, flags: true };
}

/** RTN_* (linux/rtnetlink.h). */
const routeTypes = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};

function fib(field: Field, flags: number): FieldKind {
  const parse = words(field, routeTypes, hostNumber);
  return { size: 4, load: (register) => fibTypeLoad(flags, register), parse };
}

const { ifname, ipv4_addr, ipv6_addr, ether_addr, inet_proto, inet_service } = dataKinds;
const families = words('meta nfproto', { ipv4: 2, ipv6: 10 }, (number) => Buffer.of(number));

export const fieldKinds: Record<Field, FieldKind> = {
  'meta iifname': meta(NFT_META_IIFNAME, ifname.size, ifname.parse),
  'meta oifname': meta(NFT_META_OIFNAME, ifname.size, ifname.parse),
  'meta l4proto': meta(NFT_META_L4PROTO, 1, inet_proto.parse),
  'meta nfproto': meta(NFT_META_NFPROTO, 1, families),
  'meta mark': meta(NFT_META_MARK, 4, parseMark),
  'ip saddr': header({ base: 1, offset: 12, length: 4 }, ipv4_addr.parse, 'ip'),
  'ip daddr': header({ base: 1, offset: 16, length: 4 }, ipv4_addr.parse, 'ip'),
  'ip6 saddr': header({ base: 1, offset: 8, length: 16 }, ipv6_addr.parse, 'ip6'),
  'ip6 daddr': header({ base: 1, offset: 24, length: 16 }, ipv6_addr.parse, 'ip6'),
  'ether saddr': header({ base: 0, offset: 6, length: 6 }, ether_addr.parse, 'ether'),
  'th dport': header({ base: 2, offset: 2, length: 2 }, inet_service.parse),
  'ct state': conntrack('ct state', NFT_CT_STATE, states),
  'ct status': conntrack('ct status', NFT_CT_STATUS, statuses),
  'fib saddr type': fib('fib saddr type', NFTA_FIB_F_SADDR),
  'fib daddr type': fib('fib daddr type', NFTA_FIB_F_DADDR),
};
