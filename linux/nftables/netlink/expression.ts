/** Single expressions of nf_tables' virtual machine: NFTA_EXPR_* and what each kind takes (linux/netfilter/nf_tables.h). Pure. */
import { attribute, nested, text } from '../../netlink/attribute';
import { be32 } from './attribute';
import { NFTA_DATA_VALUE, NFTA_DATA_VERDICT, NFTA_LIST_ELEM } from './message';

const NFTA_EXPR_NAME = 1;
const NFTA_EXPR_DATA = 2;

export const NFT_REG_VERDICT = 0;
export const NFT_REG_1 = 1;
export const NFT_REG_2 = 2;
const NFT_REG32_00 = 8;
/** Bytes of a register; those counted from NFT_REG32_00 have four, in the same memory. */
const registerSize = 16;

export const NFT_CMP_EQ = 0;
export const NFT_CMP_NEQ = 1;
export const NFT_CMP_LTE = 3;
export const NFT_CMP_GTE = 5;

/** The register whose memory begins at this byte. */
export function registerAt(offset: number): number {
  return offset % registerSize === 0 ? NFT_REG_1 + offset / registerSize : NFT_REG32_00 + offset / 4;
}

export function expression(name: string, attributes: readonly Buffer[]): Buffer {
  return nested(NFTA_LIST_ELEM, [text(NFTA_EXPR_NAME, name), nested(NFTA_EXPR_DATA, attributes)]);
}

export function datum(type: number, value: Buffer): Buffer {
  return nested(type, [attribute(NFTA_DATA_VALUE, value)]);
}

/** NFTA_CMP_SREG, NFTA_CMP_OP, NFTA_CMP_DATA. */
export function cmp(operator: number, value: Buffer): Buffer {
  return expression('cmp', [be32(1, NFT_REG_1), be32(2, operator), datum(3, value)]);
}

/** Outside of both ends: NFTA_RANGE_SREG, _OP, _FROM_DATA, _TO_DATA. */
export function outsideRange(first: Buffer, last: Buffer): Buffer {
  const NFT_RANGE_NEQ = 1;
  return expression('range', [be32(1, NFT_REG_1), be32(2, NFT_RANGE_NEQ), datum(3, first), datum(4, last)]);
}

/** `reg 1 = (reg 1 & mask) ^ xor`: NFTA_BITWISE_SREG, _DREG, _LEN, _MASK, _XOR. */
export function bitwise(mask: Buffer, xor: Buffer = Buffer.alloc(mask.length)): Buffer {
  const registers = [be32(1, NFT_REG_1), be32(2, NFT_REG_1)];
  return expression('bitwise', [...registers, be32(3, mask.length), datum(4, mask), datum(5, xor)]);
}

/** NFTA_META_DREG, NFTA_META_KEY. */
export function metaLoad(key: number, register: number): Buffer {
  return expression('meta', [be32(1, register), be32(2, key)]);
}

/** NFTA_META_KEY, NFTA_META_SREG. */
export function metaSet(key: number): Buffer {
  return expression('meta', [be32(2, key), be32(3, NFT_REG_1)]);
}

/** Bytes of a header. @param base NFT_PAYLOAD_LL_HEADER 0, _NETWORK_HEADER 1, _TRANSPORT_HEADER 2 */
export interface PayloadPlace {
  base: number;
  offset: number;
  length: number;
}

/** NFTA_PAYLOAD_DREG, _BASE, _OFFSET, _LEN. */
export function payloadLoad({ base, offset, length }: PayloadPlace, register: number): Buffer {
  return expression('payload', [be32(1, register), be32(2, base), be32(3, offset), be32(4, length)]);
}

/** NFTA_CT_DREG, NFTA_CT_KEY. */
export function ctLoad(key: number, register: number): Buffer {
  return expression('ct', [be32(1, register), be32(2, key)]);
}

/** NFTA_FIB_DREG, _RESULT (NFT_FIB_RESULT_ADDRTYPE), _FLAGS. */
export function fibTypeLoad(flags: number, register: number): Buffer {
  return expression('fib', [be32(1, register), be32(2, 3), be32(3, flags)]);
}

/** What nft puts after an 8-bit number in a concatenated key of intervals; it changes nothing: NFTA_BYTEORDER_*, NFT_BYTEORDER_HTON. */
export function byteorderOfByte(register: number): Buffer {
  return expression('byteorder', [be32(1, register), be32(2, register), be32(3, 1), be32(4, 1), be32(5, 2)]);
}

/** NFTA_LOOKUP_SET, _SREG, _DREG, _FLAGS (NFT_LOOKUP_F_INV). A map's value goes where its key was. */
export function lookup(set: string, kind: 'member' | 'stranger' | 'value'): Buffer {
  const target = kind === 'value' ? [be32(3, NFT_REG_1)] : [];
  const flags = kind === 'stranger' ? [be32(5, 1)] : [];
  return expression('lookup', [text(1, set), be32(2, NFT_REG_1), ...target, ...flags]);
}

/** NFTA_IMMEDIATE_DREG, NFTA_IMMEDIATE_DATA. */
export function immediate(register: number, value: Buffer): Buffer {
  return expression('immediate', [be32(1, register), datum(2, value)]);
}

/** NFTA_VERDICT_CODE, NFTA_VERDICT_CHAIN. @param chain of a jump */
export function verdict(code: number, chain?: string): Buffer {
  const target = chain === undefined ? [] : [text(2, chain)];
  const data = nested(2, [nested(NFTA_DATA_VERDICT, [be32(1, code), ...target])]);
  return expression('immediate', [be32(1, NFT_REG_VERDICT), data]);
}

/** Registers with the new destination. @param flags NF_NAT_RANGE_* */
export interface Destination {
  family: number;
  address: number;
  port?: number;
  flags?: number;
}

/** NFTA_NAT_TYPE (NFT_NAT_DNAT), _FAMILY, _REG_ADDR_MIN, _REG_PROTO_MIN, _FLAGS. */
export function dnat({ family, address, port, flags }: Destination): Buffer {
  return expression('nat', [
    be32(1, 1),
    be32(2, family),
    be32(3, address),
    ...(port === undefined ? [] : [be32(5, port)]),
    ...(flags === undefined ? [] : [be32(7, flags)]),
  ]);
}

export function masquerade(): Buffer {
  return expression('masq', []);
}
