/** Which published ports exclude each other: what bind(2) would refuse, so that both never answer for one packet. */
import { overlaps } from '../address/cidr';
import type { Family, PortForward, Protocol, Rule, RuleSet, RuleSetKey } from './model';
import { readableOwner } from './owner-label';
import { portTakenError } from './port-taken-error';
import { familiesOf, isNegated, plainOf } from './validate';

/** A port or range of the host that leads elsewhere. */
export interface HostPorts {
  family: Family;
  protocol: Protocol;
  /** Address or CIDR that it is bound to; any address of the host when absent. */
  address?: string;
  first: number;
  last: number;
  /** It does so for some clients only. */
  conditional?: true;
}

/** Ports found in the kernel. */
export interface TakenPorts extends HostPorts {
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

function portsOf(forward: PortForward): HostPorts {
  const { family, protocol, hostAddress, hostPort, count = 1 } = forward;
  const bound = hostAddress === undefined ? {} : { address: hostAddress };
  return { family, protocol, ...bound, first: hostPort, last: hostPort + count - 1 };
}

/** A rule with a DNAT is a published port too: portmap makes such when the user gives conditions or marks. */
function portsOfRule(rule: Rule): HostPorts[] {
  const { protocol, ports, destination, source, inInterface, native = [] } = rule.match;
  if (!('dnat' in rule.action) || !protocol || !ports) return [];
  const bound = destination === undefined || isNegated(destination) ? {} : { address: plainOf(destination) };
  const some = source !== undefined || inInterface !== undefined || native.length > 0;
  const rest = { protocol, ...bound, ...ports, ...(some ? { conditional: true as const } : {}) };
  return familiesOf(rule).map((family) => ({ family, ...rest }));
}

/** Ports that the set wants for itself. */
export function listClaims({ rules, forwards = [] }: Pick<RuleSet, 'rules' | 'forwards'>): HostPorts[] {
  return [...forwards.map(portsOf), ...rules.flatMap(portsOfRule)];
}

/** Two that both have conditions may part the clients between them; nobody can tell, so they may have one port. */
export function meets(claim: HostPorts, taken: HostPorts): boolean {
  return (
    claim.family === taken.family &&
    claim.protocol === taken.protocol &&
    claim.first <= taken.last &&
    taken.first <= claim.last &&
    !(claim.conditional && taken.conditional) &&
    addressesMeet(claim.address, taken.address)
  );
}

/** @throws PortTakenError for the first claim that meets a taken port */
export function requireFreePorts(claims: readonly HostPorts[], taken: readonly TakenPorts[]): void {
  for (const claim of claims) {
    const holder = taken.find((entry) => meets(claim, entry));
    if (holder) throw portTakenError(claim, holder.owner);
  }
}

/** @throws PortTakenError when a set publishes one port twice. Ordered by port, each meets only those still open there. */
export function requireDistinctPorts(set: RuleSetKey & { forwards: readonly PortForward[] }): void {
  const owner = readableOwner(set);
  let open: TakenPorts[] = [];
  for (const ports of set.forwards.map(portsOf).sort((one, other) => one.first - other.first)) {
    open = open.filter(({ last }) => last >= ports.first);
    requireFreePorts([ports], open);
    open.push({ ...ports, owner });
  }
}
