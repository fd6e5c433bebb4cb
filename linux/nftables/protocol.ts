/**
 * Transport protocols by number (IANA). They are written as numbers and read by this table, since nft takes and prints what
 * /etc/protocols of the host happens to say.
 */
import { refuse } from './validate';

const numbers: Record<string, number> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  dccp: 33,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  sctp: 132,
  udplite: 136,
};
const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]));

/** @param protocol a name, or a number as text @throws SyscallError EINVAL */
export function protocolNumber(protocol: string): number {
  const number = Object.hasOwn(numbers, protocol) ? numbers[protocol] : undefined;
  if (number !== undefined) return number;
  if (!/^\d{1,3}$/.test(protocol) || Number(protocol) > 255) refuse('protocol', protocol, 'unknown');
  return Number(protocol);
}

/** The name, or the number as text. */
export function protocolName(number: number): string {
  return names.get(number) ?? String(number);
}
