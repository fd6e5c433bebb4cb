/** Which published ports exclude each other: what bind(2) would refuse, so that both never answer for one packet. */
import { overlaps } from '../cidr';
import type { Family, PortForward, Protocol, RuleSetKey } from './model';
import { readableOwner } from './owner-label';
import { portTakenError } from './port-taken-error';

/** A published port or range found in the kernel. */
export interface TakenPorts {
  family: Family;
  protocol: Protocol;
  /** Address or CIDR that it is bound to; any address of the host when absent. */
  address?: string;
  first: number;
  last: number;
  /** Readable, for the message. */
  owner: string;
}

const anyAddresses = ['0.0.0.0', '::', '0.0.0.0/0', '::/0'];

/** The forward with the wildcard addresses 0.0.0.0 and :: left out, as if none had been asked for. */
export function withoutWildcard(forward: PortForward): PortForward {
  if (forward.hostAddress === undefined || !anyAddresses.includes(forward.hostAddress)) return forward;
  const { hostAddress: _any, ...rest } = forward;
  return rest;
}

function asCidr(address: string): string {
  return address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`;
}

/** An unbound port takes the port on every address. */
function addressesMeet(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  return overlaps(asCidr(one), asCidr(other));
}

function portsOf(forward: PortForward): { first: number; last: number } {
  return { first: forward.hostPort, last: forward.hostPort + (forward.count ?? 1) - 1 };
}

function meets(forward: PortForward, taken: TakenPorts): boolean {
  const { first, last } = portsOf(forward);
  return (
    forward.family === taken.family &&
    forward.protocol === taken.protocol &&
    first <= taken.last &&
    taken.first <= last &&
    addressesMeet(forward.hostAddress, taken.address)
  );
}

/** @throws PortTakenError for the first forward that meets a taken port */
export function requireFreePorts(forwards: readonly PortForward[], taken: readonly TakenPorts[]): void {
  for (const forward of forwards) {
    const holder = taken.find((entry) => meets(forward, entry));
    if (holder) throw portTakenError(forward, holder.owner);
  }
}

/** @throws PortTakenError when a set publishes one port twice */
export function requireDistinctPorts(set: RuleSetKey & { forwards: readonly PortForward[] }): void {
  const seen: TakenPorts[] = [];
  for (const forward of set.forwards) {
    requireFreePorts([forward], seen);
    seen.push(asTaken(forward, readableOwner(set)));
  }
}

function asTaken(forward: PortForward, owner: string): TakenPorts {
  const { family, protocol, hostAddress } = forward;
  const bound = hostAddress === undefined ? {} : { address: hostAddress };
  return { family, protocol, ...bound, ...portsOf(forward), owner };
}
