/** Arithmetic on addresses and prefixes in text form; IPv4 and IPv6 alike. All functions are pure and give canonical text. */
import {
  AF_INET,
  addressText,
  type Cidr,
  cidrText,
  networkBytes,
  parseAddress,
  parseCidr,
} from './ip-address';

export type Family = 'ipv4' | 'ipv6';

export function familyOf(address: string): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** The address of a CIDR without its prefix length: `10.1.2.3/24` → `10.1.2.3`. */
export function hostOf(cidr: string): string {
  return cidr.split('/')[0]!;
}

/** The prefix with host bits cleared: `10.1.2.3/24` → `10.1.2.0/24`. @throws SyscallError EINVAL when it is no CIDR */
export function networkOf(cidr: string): string {
  const parsed = parseCidr(cidr);
  return cidrText({ bytes: networkBytes(parsed), prefix: parsed.prefix });
}

/** First usable address of a prefix, the customary gateway: `10.1.2.3/24` → `10.1.2.1`. */
export function firstHostOf(cidr: string): string {
  const bytes = networkBytes(parseCidr(cidr));
  bytes[bytes.length - 1] = bytes.at(-1)! | 1;
  return addressText(bytes);
}

/** As {@link firstHostOf}, with the prefix length: `10.1.2.3/24` → `10.1.2.1/24`. */
export function firstHostCidrOf(cidr: string): string {
  return `${firstHostOf(cidr)}/${cidr.split('/')[1]}`;
}

/** `prefix` covers every address of `other`; prefixes of different families never do. */
export function contains(prefix: string, other: string): boolean {
  return covers(parseCidr(prefix), parseCidr(other));
}

function covers(outer: Cidr, inner: Cidr): boolean {
  if (outer.family !== inner.family || outer.prefix > inner.prefix) return false;
  return networkBytes({ bytes: inner.bytes, prefix: outer.prefix }).equals(networkBytes(outer));
}

/** The prefixes share at least one address. */
export function overlaps(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}

/** `FD00::0005` → `fd00::5`. */
export function canonicalAddress(address: string): string {
  return addressText(parseAddress(address).bytes);
}

/** As {@link canonicalAddress}, for an address with a prefix length; host bits are kept. */
export function canonicalCidr(cidr: string): string {
  return cidrText(parseCidr(cidr));
}

/** The full-length prefix of one address: `/32` or `/128`. */
export function hostCidr(address: string): string {
  const { family, bytes } = parseAddress(address);
  return cidrText({ bytes, prefix: family === AF_INET ? 32 : 128 });
}
