/**
 * Netlink attributes (linux/netlink.h `struct nlattr`, netlink(7)): a 16-bit length that counts its own header, a 16-bit
 * type, the payload, padding to four bytes. Integers are in the host's byte order; every platform that Node and koffi
 * support on Linux is little-endian.
 */
import { constants } from 'node:os';
import { getUint16, getUint32, setUint16, setUint32 } from '../../values/integers';
import { SyscallError } from '../errors';

const headerSize = 4;
const maxLength = 0xffff;
const nestedFlag = 0x8000;
const typeMask = 0x3fff;

/** One decoded attribute; flag bits are taken off the type. */
export interface Attribute {
  type: number;
  payload: Buffer;
}

/** The size of `length` bytes with padding to the four-byte boundary that netlink keeps. */
export function aligned(length: number): number {
  return (length + 3) & ~3;
}

/**
 * Encodes one attribute, padded.
 * @throws SyscallError EMSGSIZE when the payload does not fit the 16-bit length
 */
export function attribute(type: number, payload: Buffer): Buffer {
  const length = headerSize + payload.length;
  if (length > maxLength) {
    const cause = `${payload.length} bytes where at most ${maxLength - headerSize} fit`;
    throw new SyscallError(`encode netlink attribute ${type & typeMask}`, constants.errno.EMSGSIZE, cause);
  }
  const bytes = Buffer.alloc(aligned(length));
  setUint16(bytes, 0, length);
  setUint16(bytes, 2, type);
  bytes.set(payload, headerSize);
  return bytes;
}

export function u8(type: number, value: number): Buffer {
  return attribute(type, Buffer.of(value));
}

/** @throws SyscallError EINVAL for what is not an integer of 0 to `max` */
export function requireUnsigned(what: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new SyscallError(`encode ${what} ${value}`, constants.errno.EINVAL, `not an integer of 0 to ${max}`);
}

/** @throws SyscallError EINVAL when the value does not fit */
export function u32(type: number, value: number): Buffer {
  requireUnsigned(`netlink attribute ${type}`, value, 0xffffffff);
  const payload = Buffer.alloc(4);
  setUint32(payload, 0, value);
  return attribute(type, payload);
}

/** A NUL-terminated string. */
export function text(type: number, value: string): Buffer {
  return attribute(type, Buffer.from(`${value}\0`));
}

/** An attribute that holds attributes. */
export function nested(type: number, children: readonly Buffer[]): Buffer {
  return attribute(type | nestedFlag, Buffer.concat(children));
}

/** Decodes a run of attributes, in order, repeated ones included. Trailing bytes that make no attribute are dropped. */
export function attributes(bytes: Buffer): Attribute[] {
  const found: Attribute[] = [];
  for (let offset = 0; offset + headerSize <= bytes.length; ) {
    const length = getUint16(bytes, offset);
    if (length < headerSize || offset + length > bytes.length) break;
    const type = getUint16(bytes, offset + 2) & typeMask;
    found.push({ type, payload: bytes.subarray(offset + headerSize, offset + length) });
    offset += aligned(length);
  }
  return found;
}

/** Decoded attributes looked up by type, where each type occurs once. */
export class AttributeTable {
  readonly #payloads: Map<number, Buffer>;

  constructor(bytes: Buffer) {
    this.#payloads = new Map(attributes(bytes).map(({ type, payload }) => [type, payload]));
  }

  bytes(type: number): Buffer | undefined {
    return this.#payloads.get(type);
  }

  u8(type: number): number | undefined {
    return this.bytes(type)?.[0];
  }

  u32(type: number): number | undefined {
    const payload = this.bytes(type);
    return payload && getUint32(payload, 0);
  }

  /** A string up to its NUL. */
  text(type: number): string | undefined {
    const payload = this.bytes(type);
    return payload && textOf(payload);
  }

  /** The attributes inside a nested attribute; an empty table when it is absent. */
  nested(type: number): AttributeTable {
    return new AttributeTable(this.bytes(type) ?? Buffer.alloc(0));
  }
}

/** The string in a payload, up to its NUL or its end. */
export function textOf(payload: Buffer): string {
  const end = payload.indexOf(0);
  return payload.toString('utf8', 0, end === -1 ? payload.length : end);
}
