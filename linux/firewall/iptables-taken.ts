/** Published ports that iptables-save shows, whoever made them: tsnet, Docker, the reference portmap, an administrator. */
import { ownerChain, places, type Words } from './iptables-layout';
import { type Chains, optionOf, type Tables } from './iptables-save';
import type { Family, Protocol, RuleSetKey } from './model';
import { keyOfComments, readableOwner } from './owner-label';
import type { HostPorts, TakenPorts } from './taken-ports';

const protocols: readonly string[] = ['tcp', 'udp', 'sctp'] satisfies Protocol[];

/** `80`, `80:89`, and the lists of multiport. */
function portRanges(text: string): { first: number; last: number }[] {
  return text.split(',').map((range) => {
    const [first, last = first] = range.split(':').map(Number);
    return { first: first!, last: last! };
  });
}

/** A negated condition cannot be told as an address; it counts as any address. */
function destinationOf(rule: Words): { address?: string } {
  const address = optionOf(rule, '-d');
  return address === undefined || rule[rule.indexOf('-d') - 1] === '!' ? {} : { address };
}

/** Modules whose conditions leave a port what it is to most clients. */
const generalModules = ['tcp', 'udp', 'sctp', 'comment', 'addrtype', 'multiport'];

/** Negated conditions leave out a few clients; others let in a few. */
function isConditional(rule: Words): boolean {
  return rule.some((word, at) => {
    if (rule[at - 1] === '!') return false;
    return ['-s', '-i'].includes(word) || (word === '-m' && !generalModules.includes(rule[at + 1]!));
  });
}

/** What the rule's maker wrote on it, or on the jump to its chain, as the reference portmap does. */
function commentOf(chains: Chains, chain: string, rule: Words): string | undefined {
  const jumps = [...chains.values()].flat().filter((other) => optionOf(other, '-j') === chain);
  return [rule, ...jumps].map((words) => optionOf(words, '--comment')).find((text) => text !== undefined);
}

/** Ours, what its maker wrote, or where it is. */
function ownerOf(chains: Chains, chain: string, rule: Words): string {
  const key = keyOfComments((chains.get(chain) ?? []).map((words) => optionOf(words, '--comment') ?? ''));
  if (key && chain.startsWith('TSNET-')) return readableOwner(key);
  const target = optionOf(rule, '--to-destination', '--to-ports') ?? '';
  const place = `iptables chain ${chain}, to ${target}`;
  return [commentOf(chains, chain, rule), place].filter((text) => text).join(': ');
}

function portsOf(family: Family, rule: Words): HostPorts[] {
  const protocol = optionOf(rule, '-p') ?? '';
  const ports = optionOf(rule, '--dport', '--dports');
  const leads = ['DNAT', 'REDIRECT'].includes(optionOf(rule, '-j') ?? '');
  if (!leads || !ports || !protocols.includes(protocol)) return [];
  const conditional = isConditional(rule) ? { conditional: true as const } : {};
  const rest = { family, protocol: protocol as Protocol, ...destinationOf(rule), ...conditional };
  return portRanges(ports).map((range) => ({ ...rest, ...range }));
}

/** Ports that a rule leads elsewhere. */
export interface RulePorts extends TakenPorts {
  chain: string;
}

export function listTakenPorts(tables: Tables, family: Family): RulePorts[] {
  const chains: Chains = tables.get('nat') ?? new Map();
  return [...chains].flatMap(([chain, rules]) =>
    rules.flatMap((rule) =>
      portsOf(family, rule).map((ports) => ({ ...ports, chain, owner: ownerOf(chains, chain, rule) })),
    ),
  );
}

/** Those that do not belong to the owner. */
export function withoutOwn(ports: readonly RulePorts[], owner: RuleSetKey): RulePorts[] {
  const own = places.map((place) => ownerChain(place, owner));
  return ports.filter(({ chain }) => !own.includes(chain));
}
