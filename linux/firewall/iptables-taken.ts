/** Published ports that iptables-save shows, whoever made them: tsnet, Docker, the reference portmap, an administrator. */
import type { Words } from './iptables-layout';
import { optionOf, type Tables } from './iptables-save';
import type { Family, Protocol } from './model';
import { parseOwnerLabel, readableOwner } from './owner-label';
import type { TakenPorts } from './taken-ports';

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

function ownerOf(chain: string, rule: Words): string {
  const comment = optionOf(rule, '--comment');
  const key = comment === undefined ? undefined : parseOwnerLabel(comment);
  return key ? readableOwner(key) : (comment ?? `a rule of iptables chain ${chain}`);
}

function takenByRule(family: Family, chain: string, rule: Words): TakenPorts[] {
  const protocol = optionOf(rule, '-p') ?? '';
  const ports = optionOf(rule, '--dport', '--dports');
  if (optionOf(rule, '-j') !== 'DNAT' || !ports || !protocols.includes(protocol)) return [];
  return portRanges(ports).map((range) => ({
    family,
    protocol: protocol as Protocol,
    ...destinationOf(rule),
    ...range,
    owner: ownerOf(chain, rule),
  }));
}

/** @param except the chain whose ports do not count, the asking owner's */
export function listTakenPorts(tables: Tables, family: Family, except?: string): TakenPorts[] {
  return [...(tables.get('nat') ?? [])]
    .filter(([chain]) => chain !== except)
    .flatMap(([chain, rules]) => rules.flatMap((rule) => takenByRule(family, chain, rule)));
}
