/**
 * Messages about connection tracking entries: `struct nfgenmsg` of linux/netfilter/nfnetlink.h, IPCTNL_* and CTA_* of
 * linux/netfilter/nfnetlink_conntrack.h. Numbers inside are in network order. Pure.
 */
import { AF_INET, AF_INET6 } from '../address/ip-address';
import { aligned, attribute, nested, u8, u32 } from '../netlink/attribute';
import type { UdpFlows } from './model';

const NFNL_SUBSYS_CTNETLINK = 1;
export const IPCTNL_MSG_CT_GET = (NFNL_SUBSYS_CTNETLINK << 8) | 1;
export const IPCTNL_MSG_CT_DELETE = (NFNL_SUBSYS_CTNETLINK << 8) | 2;

export const CTA_TUPLE_ORIG = 1;
export const CTA_TUPLE_REPLY = 2;
const CTA_ID = 12;
const CTA_ZONE = 18;
const CTA_FILTER = 25;
/** Inside CTA_FILTER: the same numbers as of the tuple that the flags are about. */
const filterFlagsOf = { [CTA_TUPLE_ORIG]: 1, [CTA_TUPLE_REPLY]: 2 } as const;
const CTA_FILTER_IP_SRC = 1 << 0;
const CTA_FILTER_PROTO_NUM = 1 << 3;
const CTA_FILTER_PROTO_DST_PORT = 1 << 5;
const CTA_TUPLE_IP = 1;
const CTA_TUPLE_PROTO = 2;
const sourceAddress = { ipv4: 1, ipv6: 3 } as const;
const CTA_PROTO_NUM = 1;
const CTA_PROTO_DST_PORT = 3;
const UDP = 17;
const nfgenmsgSize = 4;

type Family = UdpFlows['family'];
type Tuple = typeof CTA_TUPLE_ORIG | typeof CTA_TUPLE_REPLY;

function nfgenmsg(family: Family): Buffer {
  return Buffer.of(family === 'ipv4' ? AF_INET : AF_INET6, 0, 0, 0);
}

/** The parts of a tuple that are given, and a filter that says that no other part counts. */
function encodeFilter(tuple: Tuple, parts: readonly Buffer[], flags: number): Buffer {
  return Buffer.concat([
    nested(tuple, parts),
    nested(CTA_FILTER, [u32(filterFlagsOf[tuple], flags | CTA_FILTER_PROTO_NUM)]),
  ]);
}

const udp = u8(CTA_PROTO_NUM, UDP);

/** All UDP flows of a family. */
export function ofUdp(family: Family): Buffer {
  return Buffer.concat([nfgenmsg(family), encodeFilter(CTA_TUPLE_ORIG, [nested(CTA_TUPLE_PROTO, [udp])], 0)]);
}

/** UDP flows to one port, before any translation. */
export function toPort(family: Family, port: number): Buffer {
  const parts = [udp, attribute(CTA_PROTO_DST_PORT, Buffer.of(port >> 8, port & 0xff))];
  const filter = encodeFilter(CTA_TUPLE_ORIG, [nested(CTA_TUPLE_PROTO, parts)], CTA_FILTER_PROTO_DST_PORT);
  return Buffer.concat([nfgenmsg(family), filter]);
}

/**
 * UDP flows that one IPv4 address answers, whatever address they were sent to. Not for IPv6: there the kernel's filter
 * takes every address but the given one (`ctnetlink_filter_match_tuple`, as of 6.18).
 */
export function answeredBy(address: Buffer): Buffer {
  const ip = nested(CTA_TUPLE_IP, [attribute(sourceAddress.ipv4, address)]);
  const filter = encodeFilter(CTA_TUPLE_REPLY, [ip, nested(CTA_TUPLE_PROTO, [udp])], CTA_FILTER_IP_SRC);
  return Buffer.concat([nfgenmsg('ipv4'), filter]);
}

/** The payload of one attribute. Nothing else of the run is decoded: tables have hundreds of thousands of entries. */
function find(bytes: Buffer | undefined, type: number): Buffer | undefined {
  for (let at = 0; bytes && at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < 4) return undefined;
    if ((bytes.readUInt16LE(at + 2) & 0x3fff) === type) return bytes.subarray(at + 4, at + length);
    at += aligned(length);
  }
  return undefined;
}

/** An entry of the kernel's table; `payload` is that of its message. */
export class Flow {
  readonly #payload: Buffer;
  readonly #attributes: Buffer;

  constructor(payload: Buffer) {
    this.#payload = payload;
    this.#attributes = payload.subarray(nfgenmsgSize);
  }

  get isUdp(): boolean {
    return find(this.#protocolPart, CTA_PROTO_NUM)?.[0] === UDP;
  }

  /** The port that it was sent to, before any translation. */
  get port(): number | undefined {
    return find(this.#protocolPart, CTA_PROTO_DST_PORT)?.readUInt16BE();
  }

  isAnsweredBy(family: Family, address: Buffer): boolean {
    const ip = find(find(this.#attributes, CTA_TUPLE_REPLY), CTA_TUPLE_IP);
    return find(ip, sourceAddress[family])?.equals(address) === true;
  }

  /** What names it, and no flow that takes its place. */
  identity(): Buffer {
    const parts = [CTA_TUPLE_ORIG, CTA_ZONE, CTA_ID].flatMap((type) => {
      const payload = find(this.#attributes, type);
      return payload ? [attribute(type, payload)] : [];
    });
    return Buffer.concat([this.#payload.subarray(0, nfgenmsgSize), ...parts]);
  }

  get #protocolPart(): Buffer | undefined {
    return find(find(this.#attributes, CTA_TUPLE_ORIG), CTA_TUPLE_PROTO);
  }
}
