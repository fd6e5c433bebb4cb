/** Sockets that serve a port of this host: what a published port would take traffic from. Pure. */
import { familyOf } from '../address/cidr';
import { addressText } from '../address/ip-address';

export type ListenerProtocol = 'tcp' | 'udp' | 'sctp';

/** Ports from `first` to `last`, both included. */
export interface PortSpan {
  first: number;
  last: number;
}

export interface ListeningSocket {
  /** Canonical text; `0.0.0.0` and `::` listen on all addresses. */
  addresses: readonly string[];
  port: number;
  /** Of the socket, as in `/proc/<pid>/fd`. */
  inode: string;
  /** Whether it is known to leave IPv4 alone (IPV6_V6ONLY, ipv6(7)). */
  v6Only: boolean;
}

export interface Listener extends ListeningSocket {
  /** For messages: `pid 812 (nginx)`, or the socket when no visible process has it. */
  owner: string;
}

const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex');

/** The text of a bound address. An IPv6 socket that is bound to an IPv4 address shows it as `::ffff:a.b.c.d`. */
export function boundAddressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.subarray(0, mappedPrefix.length).equals(mappedPrefix);
  return isMapped ? bytes.subarray(mappedPrefix.length).join('.') : addressText(bytes);
}

const isAny = (address: string) => address === '::' || address === '0.0.0.0';

function collidesWithAddress(wanted: string, bound: string, v6Only: boolean): boolean {
  if (wanted === bound) return true;
  if (bound === '::' && !v6Only) return true;
  return (isAny(wanted) || isAny(bound)) && familyOf(wanted) === familyOf(bound);
}

/**
 * Whether a socket bound to `wanted` would collide with one that exists, as bind(2) sees it.
 * @param wanted one address, `0.0.0.0` or `::` for all of a family; all of both families when undefined
 */
export function collides(
  wanted: string | undefined,
  { addresses, v6Only }: Pick<ListeningSocket, 'addresses' | 'v6Only'>,
): boolean {
  return wanted === undefined || addresses.some((bound) => collidesWithAddress(wanted, bound, v6Only));
}
