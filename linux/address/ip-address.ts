/** IP addresses between text and the bytes that the kernel takes. IPv4 and IPv6 differ by length only. */
import { constants } from 'node:os';
import ipaddr from 'ipaddr.js';
import { ipv4Bytes, ipv6Bytes } from '../../values/ip-bytes';
import { isIP } from '../../values/ip-version';
import { SyscallError } from '../errors';

export const AF_INET = 2;
export const AF_INET6 = 10;

export interface AddressBytes {
  family: typeof AF_INET | typeof AF_INET6;
  /** 4 or 16 bytes, network order. */
  bytes: Buffer;
}

export interface Cidr extends AddressBytes {
  /** Prefix length in bits. */
  prefix: number;
}

function refuse(what: string, value: string, expected: string): never {
  throw new SyscallError(`parse ${what} ${JSON.stringify(value)}`, constants.errno.EINVAL, expected);
}

/** @throws SyscallError EINVAL for anything but a plain IPv4 or IPv6 address; zones (`%eth0`) are refused */
export function parseAddress(text: string): AddressBytes {
  const version = text.includes('%') ? 0 : isIP(text);
  if (version === 0) refuse('address', text, 'not an IPv4 or IPv6 address');
  return {
    family: version === 4 ? AF_INET : AF_INET6,
    bytes: Buffer.from(version === 4 ? ipv4Bytes(text) : ipv6Bytes(text)),
  };
}

/** @throws SyscallError EINVAL for anything but `address/prefix` */
export function parseCidr(text: string): Cidr {
  const [, address, digits] =
    /^([^/]+)\/(\d{1,3})$/.exec(text) ?? refuse('address', text, 'not in the form address/prefix');
  const { family, bytes } = parseAddress(address!);
  const prefix = Number(digits);
  if (prefix > bytes.length * 8) refuse('address', text, `the prefix has at most ${bytes.length * 8} bits`);
  return { family, bytes, prefix };
}

/** Canonical text: dotted quad, or RFC 5952. */
export function addressText(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join('.') : ipaddr.fromByteArray([...bytes]).toString();
}

export function cidrText({ bytes, prefix }: Pick<Cidr, 'bytes' | 'prefix'>): string {
  return `${addressText(bytes)}/${prefix}`;
}

/** The mask of `prefix` bits over `size` bytes. */
function maskByte(prefix: number, at: number): number {
  const bits = Math.min(8, Math.max(0, prefix - at * 8));
  return (0xff00 >> bits) & 0xff;
}

/** The network's own address: host bits off. */
export function networkBytes({ bytes, prefix }: Pick<Cidr, 'bytes' | 'prefix'>): Buffer {
  return Buffer.from(bytes.map((byte, at) => byte & maskByte(prefix, at)));
}

/** The broadcast address: host bits on. */
export function broadcastBytes({ bytes, prefix }: Pick<Cidr, 'bytes' | 'prefix'>): Buffer {
  return Buffer.from(bytes.map((byte, at) => (byte | ~maskByte(prefix, at)) & 0xff));
}
