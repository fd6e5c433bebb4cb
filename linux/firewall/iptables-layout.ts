/**
 * Where our chains hang in the built-in ones. Each place has one base chain, which its built-in chains jump to exactly
 * once; each owner has a chain of its own per place, which the base chain jumps to exactly once. Base chains and their
 * entries exist only while an owner needs them.
 */
import type { Family, Hook, RuleSetKey } from './model';
import { ownerHash } from './owner-label';

/**
 * Published ports stand apart: `published` serves prerouting and output alike, `translated` what had its destination changed.
 * Other packets meet one rule for all of them.
 */
export type Place = Exclude<Hook, 'bridge-prerouting'> | 'published' | 'translated';

/** Words of an iptables rule, not yet quoted. */
export type Words = readonly string[];

/** A rule of ours in a built-in chain. */
export interface Entry {
  table: string;
  builtin: string;
  rule: Words;
}

interface PlaceLayout {
  table: string;
  base: string;
  /** Built-in chains with the condition of the jump. */
  from: { builtin: string; condition: Words }[];
  code: string;
}

const toThisHost = ['-m', 'addrtype', '--dst-type', 'LOCAL'];
const layouts: Record<Place, PlaceLayout> = {
  'raw-prerouting': simplePlace('raw', 'PREROUTING', 'RAW'),
  'nat-prerouting': simplePlace('nat', 'PREROUTING', 'PREROUTING'),
  'nat-output': simplePlace('nat', 'OUTPUT', 'OUTPUT'),
  'nat-postrouting': simplePlace('nat', 'POSTROUTING', 'POSTROUTING'),
  'filter-forward': simplePlace('filter', 'FORWARD', 'FORWARD'),
  published: {
    table: 'nat',
    base: 'TSNET-PUBLISHED',
    code: 'PUB',
    from: [
      { builtin: 'PREROUTING', condition: toThisHost },
      { builtin: 'OUTPUT', condition: toThisHost },
    ],
  },
  translated: {
    table: 'nat',
    base: 'TSNET-TRANSLATED',
    code: 'TRA',
    from: [{ builtin: 'POSTROUTING', condition: ['-m', 'conntrack', '--ctstate', 'DNAT'] }],
  },
};

function simplePlace(table: string, builtin: string, name: string): PlaceLayout {
  return { table, base: `TSNET-${name}`, code: name.slice(0, 3), from: [{ builtin, condition: [] }] };
}

export const places = Object.keys(layouts) as Place[];

export function tableOf(place: Place): string {
  return layouts[place].table;
}

export function baseChain(place: Place): string {
  return layouts[place].base;
}

/** The owner's chain, 28 characters: what the oldest iptables allows. */
export function ownerChain(place: Place, key: RuleSetKey): string {
  return `TSNET-${layouts[place].code}-${ownerHash(key, 18)}`;
}

/** Comment of what belongs to no single owner. */
export const sharedComment = 'tsnet';

/**
 * The rules in built-in chains that a place needs.
 *
 * Published ports need `route_localnet` on the container's interface to serve 127.0.0.1. That opens all loopback services
 * of the host to what is on that interface (CVE-2020-8558), so packets for 127.0.0.0/8 that come from outside are dropped.
 * IPv6 has no such sysctl: `::1` is left alone, so that a connection is refused at once and does not hang.
 */
export function entriesOf(place: Place, family: Family): Entry[] {
  const { table, base, from } = layouts[place];
  const comment = ['-m', 'comment', '--comment', sharedComment];
  const notLoopback = place === 'published' && family === 'ipv6' ? ['!', '-d', '::1/128'] : [];
  const jumps = from.map(({ builtin, condition }) => ({
    table,
    builtin,
    rule: [...notLoopback, ...condition, ...comment, '-j', base],
  }));
  if (place !== 'published' || family === 'ipv6') return jumps;
  const guard = ['!', '-i', 'lo', '-d', '127.0.0.0/8', ...comment, '-j', 'DROP'];
  return [...jumps, { table: 'raw', builtin: 'PREROUTING', rule: guard }];
}
