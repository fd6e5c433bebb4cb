/**
 * What a table of ours holds besides its owners' parts: base chains, the maps of published ports, and the few rules that
 * serve all of them, whatever their number. Made with the first owner, deleted with the last.
 */
import { fingerprintOf } from '../../values/fingerprint';
import type { BaseChain, DataType, Field, NewRule, SetSpec, Statement, TableRef } from '../nftables/model';

/** Published ports, NAT and filters; and, in the bridge family, guards on bridge ports. */
export type OwnFamily = 'inet' | 'bridge';

export type CommentedRule = NewRule & { comment: string };

export interface SkeletonChain {
  name: string;
  /** Absent for a chain that only rules jump to. */
  base?: BaseChain;
  rules: CommentedRule[];
}

export interface Skeleton {
  table: TableRef;
  sets: SetSpec[];
  chains: SkeletonChain[];
}

/**
 * Marks a rule by what it says, so that a rule of other contents is told from it without asking the kernel, which gives
 * statements back otherwise than it takes them.
 */
export function fingerprint(statements: readonly Statement[]): string {
  return fingerprintOf(JSON.stringify(statements));
}

const sharedPrefix = 'tsnet ';

/** Whether the comment is of a rule that belongs to no single owner. */
export function isSharedComment(comment: string | undefined): boolean {
  return comment?.startsWith(sharedPrefix) ?? false;
}

function sharedRule(...statements: Statement[]): CommentedRule {
  return { statements, comment: sharedPrefix + fingerprint(statements) };
}

function setsOf(family: '4' | '6'): SetSpec[] {
  const address: DataType = `ipv${family}_addr`;
  const port = ['inet_proto', 'inet_service'] as const;
  const map = (name: string, spec: Omit<SetSpec, 'name'>) => ({ name: `dnat${family}${name}`, ...spec });
  return [
    map('', { key: port, value: [address, 'inet_service'] }),
    map('-range', { key: port, value: [address], interval: true }),
    map('-address', { key: [address, ...port], value: [address, 'inet_service'] }),
    map('-address-range', { key: [address, ...port], value: [address], interval: true }),
    { name: `hairpin${family}`, key: [address, address], interval: true },
    { name: `localhost${family}`, key: [address] },
    { name: `everyone${family}`, key: [address] },
  ];
}

/** A literal cannot stand first in a concatenated key, so ports of one address have maps of their own. */
function dnatRules(family: '4' | '6'): CommentedRule[] {
  const ip = family === '4' ? 'ip' : 'ip6';
  const port: Field[] = ['meta l4proto', 'th dport'];
  const rule = (dnatMap: Field[], suffix: string) =>
    sharedRule({ dnatMap, map: `dnat${family}${suffix}`, family: ip });
  return [
    rule([`${ip} daddr`, ...port], '-address'),
    rule([`${ip} daddr`, ...port], '-address-range'),
    rule(port, ''),
    rule(port, '-range'),
  ];
}

/**
 * Whose connections to a container's address are masqueraded: those of its own network, of this host's loopback, of everyone.
 * The latter two have sets without intervals, which cost the same in any size to change too.
 */
function masqueradeRules(family: '4' | '6'): CommentedRule[] {
  const ip = family === '4' ? 'ip' : 'ip6';
  const loopback = family === '4' ? '127.0.0.0/8' : '::1';
  const rule = (...sources: Statement[]) =>
    sharedRule({ match: 'ct status', values: ['dnat'] }, ...sources, { masquerade: true });
  return [
    rule({ lookup: [`${ip} daddr`, `${ip} saddr`], set: `hairpin${family}` }),
    rule(
      { match: `${ip} saddr`, values: [loopback] },
      { lookup: [`${ip} daddr`], set: `localhost${family}` },
    ),
    rule({ lookup: [`${ip} daddr`], set: `everyone${family}` }),
  ];
}

/** `route_localnet`, which 127.0.0.1 needs to be published, must not open the host's loopback services (CVE-2020-8558). */
const loopbackGuard = sharedRule(
  { match: 'meta iifname', not: true, values: ['lo'] },
  { match: 'ip daddr', values: ['127.0.0.0/8'] },
  { verdict: 'drop' },
);

const jumpWhenLocal: Statement[] = [{ match: 'fib daddr type', values: ['local'] }, { jump: 'published' }];

const inet: Skeleton = {
  table: { family: 'inet', name: 'tsnet' },
  sets: [...setsOf('4'), ...setsOf('6')],
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
      rules: [sharedRule(...jumpWhenLocal)],
    },
    {
      name: 'nat-output',
      base: { type: 'nat', hook: 'output', priority: -100 },
      // Nothing off the host can answer ::1: a connection to it is to be refused at once, not to hang.
      rules: [
        sharedRule({ match: 'meta nfproto', values: ['ipv4'] }, ...jumpWhenLocal),
        sharedRule({ match: 'ip6 daddr', not: true, values: ['::1'] }, ...jumpWhenLocal),
      ],
    },
    {
      name: 'nat-postrouting',
      base: { type: 'nat', hook: 'postrouting', priority: 100 },
      rules: [...masqueradeRules('4'), ...masqueradeRules('6')],
    },
    { name: 'filter-forward', base: { type: 'filter', hook: 'forward', priority: 0 }, rules: [] },
  ],
};

/** A guarded port may send from the hardware addresses that `sources` has with it, whatever the number of ports. */
const bridge: Skeleton = {
  table: { family: 'bridge', name: 'tsnet' },
  sets: [
    { name: 'guarded', key: ['ifname'] },
    { name: 'sources', key: ['ifname', 'ether_addr'] },
  ],
  chains: [
    {
      name: 'bridge-prerouting',
      base: { type: 'filter', hook: 'prerouting', priority: -300 },
      rules: [
        sharedRule(
          { lookup: ['meta iifname'], set: 'guarded' },
          { lookup: ['meta iifname', 'ether saddr'], set: 'sources', not: true },
          { verdict: 'drop' },
        ),
      ],
    },
  ],
};

export const skeletons: Record<OwnFamily, Skeleton> = { inet, bridge };

/** Declaration of a set or map of ours; undefined for a name that is none. */
export function findSetSpec(family: OwnFamily, name: string): SetSpec | undefined {
  return skeletons[family].sets.find((set) => set.name === name);
}

/** Names of the chains that hooks enter by. */
export function hooksOf(family: OwnFamily): string[] {
  return skeletons[family].chains.flatMap(({ name, base }) => (base ? [name] : []));
}
