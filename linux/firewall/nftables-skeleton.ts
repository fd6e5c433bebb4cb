/**
 * What a table of ours holds besides its owners' parts: base chains, the maps of published ports, and the few rules that
 * serve all of them, whatever their number. Made with the first owner, deleted with the last.
 */
import { createHash } from 'node:crypto';

/** Published ports, NAT and filters; and, in the bridge family, guards on bridge ports. */
export type TableFamily = 'inet' | 'bridge';

export interface SkeletonChain {
  name: string;
  /** Absent for a chain that only rules jump to. */
  base?: { type: string; hook: string; priority: number };
  rules: string[];
}

export interface Skeleton {
  /** Declarations of sets and maps: `map inet tsnet dnat4 { … }`, without `add`. */
  sets: { kind: 'set' | 'map'; name: string; definition: string }[];
  chains: SkeletonChain[];
}

function mapsOf(family: '4' | '6'): Skeleton['sets'] {
  const address = `ipv${family}_addr`;
  const map = (name: string, definition: string) =>
    ({ kind: 'map', name: `dnat${family}${name}`, definition }) as const;
  return [
    map('', `type inet_proto . inet_service : ${address} . inet_service;`),
    map('-range', `type inet_proto . inet_service : ${address}; flags interval;`),
    map('-address', `type ${address} . inet_proto . inet_service : ${address} . inet_service;`),
    map('-address-range', `type ${address} . inet_proto . inet_service : ${address}; flags interval;`),
    {
      kind: 'set',
      name: `hairpin${family}`,
      definition: `type ${address} . ${address}; flags interval;`,
    },
  ];
}

/** A literal cannot stand first in a concatenated key, so ports of one address have maps of their own. */
function dnatRules(family: '4' | '6'): string[] {
  const ip = family === '4' ? 'ip' : 'ip6';
  const port = 'meta l4proto . th dport';
  return [
    `dnat ${ip} to ${ip} daddr . ${port} map @dnat${family}-address`,
    `dnat ${ip} to ${ip} daddr . ${port} map @dnat${family}-address-range`,
    `dnat ${ip} to ${port} map @dnat${family}`,
    `dnat ${ip} to ${port} map @dnat${family}-range`,
  ];
}

/** `route_localnet`, which 127.0.0.1 needs to be published, must not open the host's loopback services (CVE-2020-8558). */
const loopbackGuard = 'iifname != "lo" ip daddr 127.0.0.0/8 drop';

const inet: Skeleton = {
  sets: [...mapsOf('4'), ...mapsOf('6')],
  chains: [
    { name: 'published', rules: [...dnatRules('4'), ...dnatRules('6')] },
    {
      name: 'raw-prerouting',
      base: { type: 'filter', hook: 'prerouting', priority: -300 },
      rules: [loopbackGuard],
    },
    {
      name: 'nat-prerouting',
      base: { type: 'nat', hook: 'prerouting', priority: -100 },
      rules: ['fib daddr type local jump published'],
    },
    {
      name: 'nat-output',
      base: { type: 'nat', hook: 'output', priority: -100 },
      // Nothing off the host can answer ::1: a connection to it is to be refused at once, not to hang.
      rules: [
        'meta nfproto ipv4 fib daddr type local jump published',
        'ip6 daddr != ::1 fib daddr type local jump published',
      ],
    },
    {
      name: 'nat-postrouting',
      base: { type: 'nat', hook: 'postrouting', priority: 100 },
      rules: [
        'ct status dnat ip daddr . ip saddr @hairpin4 masquerade',
        'ct status dnat ip6 daddr . ip6 saddr @hairpin6 masquerade',
      ],
    },
    { name: 'filter-forward', base: { type: 'filter', hook: 'forward', priority: 0 }, rules: [] },
  ],
};

const bridge: Skeleton = {
  sets: [],
  chains: [
    {
      name: 'bridge-prerouting',
      base: { type: 'filter', hook: 'prerouting', priority: -300 },
      rules: [],
    },
  ],
};

export const skeletons: Record<TableFamily, Skeleton> = { inet, bridge };

/**
 * Marks a rule by its own text, so that CHECK can tell it from a changed one: nft prints a rule otherwise than it reads
 * it, and each version otherwise.
 */
export function fingerprint(rule: string): string {
  return createHash('sha256').update(rule).digest('hex').slice(0, 10);
}

/** Comment of a rule that belongs to no single owner. */
export function sharedComment(rule: string): string {
  return `tsnet ${fingerprint(rule)}`;
}
