/** Every form of statement, for tests that make each in both ways. */
import type { Change, Field, NewRule, SetSpec, Statement, TableRef } from '../model';

export const inet: TableRef = { family: 'inet', name: 't' };
export const bridge: TableRef = { family: 'bridge', name: 'b' };

const hairpin = (family: '4' | '6'): SetSpec => ({
  name: `hairpin${family}`,
  key: [`ipv${family}_addr`, `ipv${family}_addr`],
  interval: true,
});

function dnatMaps(family: '4' | '6'): SetSpec[] {
  const address = `ipv${family}_addr` as const;
  const name = `dnat${family}`;
  return [
    { name, key: ['inet_proto', 'inet_service'], value: [address, 'inet_service'] },
    { name: `${name}-range`, key: ['inet_proto', 'inet_service'], value: [address], interval: true },
    {
      name: `${name}-address`,
      key: [address, 'inet_proto', 'inet_service'],
      value: [address, 'inet_service'],
    },
    {
      name: `${name}-address-range`,
      key: [address, 'inet_proto', 'inet_service'],
      value: [address],
      interval: true,
    },
  ];
}

export const inetSets: SetSpec[] = [
  ...dnatMaps('4'),
  ...dnatMaps('6'),
  hairpin('4'),
  hairpin('6'),
  { name: 'cards', key: ['ifname'] },
  { name: 'guests', key: ['ifname', 'ether_addr'] },
  { name: 'protocols', key: ['inet_proto'] },
  { name: 'nets', key: ['ipv4_addr'], interval: true },
  { name: 'services', key: ['inet_service'], interval: true },
  { name: 'card-ports', key: ['ifname', 'inet_proto', 'inet_service'], interval: true },
];

export const bridgeSets: SetSpec[] = [{ name: 'macs', key: ['ether_addr'] }];

const accept: Statement = { verdict: 'accept' };

function match(field: Field, ...values: string[]): Statement {
  return { match: field, values };
}

function matchNot(field: Field, ...values: string[]): Statement {
  return { match: field, not: true, values };
}

function mapRules(family: 'ip' | 'ip6'): Statement[][] {
  const map = family === 'ip' ? 'dnat4' : 'dnat6';
  const address: Field = `${family} daddr`;
  const port: Field[] = ['meta l4proto', 'th dport'];
  return [
    [{ dnatMap: port, map, family }],
    [{ dnatMap: port, map: `${map}-range`, family }],
    [{ dnatMap: [address, ...port], map: `${map}-address`, family }],
    [{ dnatMap: [address, ...port], map: `${map}-address-range`, family }],
  ];
}

const natRules: Statement[][] = [
  ...mapRules('ip'),
  ...mapRules('ip6'),
  [{ dnat: { family: 'ip', address: '10.0.0.1' } }],
  [match('meta l4proto', 'tcp'), { dnat: { family: 'ip', address: '10.0.0.1', port: 80 } }],
  [{ dnat: { family: 'ip6', address: 'fd00::1' } }],
  [match('meta l4proto', 'udp'), { dnat: { family: 'ip6', address: 'fd00::1', port: 65535 } }],
  [match('fib daddr type', 'local'), { jump: 'side' }],
  [match('meta nfproto', 'ipv4'), match('fib daddr type', 'local'), { jump: 'side' }],
];

const postroutingRules: Statement[][] = [
  [{ masquerade: true }],
  [match('ct status', 'dnat'), { lookup: ['ip daddr', 'ip saddr'], set: 'hairpin4' }, { masquerade: true }],
  [match('ct status', 'dnat'), { lookup: ['ip6 daddr', 'ip6 saddr'], set: 'hairpin6' }, { masquerade: true }],
];

const filterRules: Statement[][] = [
  [match('meta iifname', 'eth0'), accept],
  [matchNot('meta iifname', 'fifteen-bytes-x'), accept],
  [match('meta oifname', 'veth*'), accept],
  [matchNot('meta oifname', 'veth\\*'), accept],
  [match('meta l4proto', 'tcp'), match('th dport', '80'), accept],
  [match('meta l4proto', 'sctp'), matchNot('th dport', '80-90'), accept],
  [match('th dport', '80-90'), accept],
  [matchNot('meta l4proto', 'ipv6-icmp')],
  [match('meta l4proto', '200')],
  [match('meta nfproto', 'ipv6')],
  [matchNot('meta nfproto', 'ipv6'), match('ip saddr', '10.0.0.1')],
  [match('meta mark', '1')],
  [matchNot('meta mark', '0xffffffff')],
  [{ match: 'meta mark', values: ['0x100'], mask: 0xff00 }],
  [{ match: 'meta mark', not: true, values: ['0x80000000'], mask: 0x80000000 }],
  [match('ip saddr', '10.0.0.1'), match('ip daddr', '10.0.0.2')],
  [matchNot('ip saddr', '10.0.0.1')],
  ...['0.0.0.0/0', '10.0.0.0/8', '10.128.0.0/9', '10.0.0.0/24', '10.0.0.4/31', '10.0.0.4/32'].flatMap(
    (prefix) => [[match('ip saddr', prefix)], [matchNot('ip daddr', prefix)]],
  ),
  [match('ip saddr', '10.0.0.1-10.0.0.9')],
  [matchNot('ip daddr', '10.0.0.1-10.0.0.9')],
  ...['::/0', 'fd00::/8', 'fd00:1::/33', 'fd00::/64', 'fd00::4/127', 'fd00::4/128'].flatMap((prefix) => [
    [match('ip6 saddr', prefix)],
    [matchNot('ip6 daddr', prefix)],
  ]),
  [matchNot('ip6 daddr', '::1')],
  [match('ip6 saddr', 'fd00::1-fd00::9')],
  [match('ether saddr', '02:00:00:00:00:01')],
  [matchNot('ether saddr', '02:00:00:00:00:01'), match('ip saddr', '10.0.0.1')],
  [match('ct state', 'new')],
  [match('ct state', 'established', 'related'), accept],
  [match('ct state', 'invalid', 'untracked'), { verdict: 'drop' }],
  [matchNot('ct state', 'established', 'related'), accept],
  [match('ct status', 'dnat'), accept],
  [matchNot('ct status', 'dnat'), accept],
  [matchNot('fib saddr type', 'local')],
  [match('fib daddr type', 'broadcast')],
  [{ lookup: ['ip daddr', 'ip saddr'], set: 'hairpin4', not: true }],
  [{ lookup: ['meta iifname'], set: 'cards' }],
  [{ lookup: ['meta oifname'], set: 'cards', not: true }],
  [{ lookup: ['meta iifname', 'ether saddr'], set: 'guests' }],
  [{ lookup: ['meta l4proto'], set: 'protocols' }],
  [{ lookup: ['ip saddr'], set: 'nets' }],
  [{ lookup: ['th dport'], set: 'services' }],
  [{ lookup: ['meta iifname', 'meta l4proto', 'th dport'], set: 'card-ports' }],
  [{ setMark: { value: 0x1200, mask: 0xff00 } }],
  [{ setMark: { value: 0, mask: 0xff00 } }],
  [{ setMark: { value: 0x80000000, mask: 0xffffffff } }],
  [accept],
  [{ verdict: 'drop' }],
  [{ verdict: 'return' }],
  [{ verdict: 'continue' }],
  [{ jump: 'side' }],
];

const bridgeRules: Statement[][] = [
  [match('meta iifname', 'veth0'), matchNot('ether saddr', '02:00:00:00:00:01'), { verdict: 'drop' }],
  [match('ip saddr', '10.0.0.1')],
  [match('ip6 saddr', 'fd00::1'), matchNot('ether saddr', '02:00:00:00:00:01')],
  [match('ether saddr', '02:00:00:00:00:01'), match('ip saddr', '10.0.0.1')],
  [match('meta l4proto', 'tcp'), match('th dport', '80')],
  [match('meta iifname', 'veth0'), { lookup: ['ether saddr'], set: 'macs' }],
];

export interface RuleExample {
  table: TableRef;
  chain: string;
  rule: NewRule;
}

function inChain(table: TableRef, chain: string, rules: Statement[][]): RuleExample[] {
  return rules.map((statements, at) => ({
    table,
    chain,
    rule: { statements, ...(at % 2 === 0 ? { comment: `rule ${at} of ${chain}` } : {}) },
  }));
}

export const ruleExamples: RuleExample[] = [
  ...inChain(inet, 'filter', filterRules),
  ...inChain(inet, 'nat', natRules),
  ...inChain(inet, 'post', postroutingRules),
  ...inChain(bridge, 'guard', bridgeRules),
];

/** The tables, chains and sets that the examples stand in and speak of. */
export const ruleGround: Change[] = [
  { addTable: inet },
  { addTable: bridge },
  { addChain: 'side', table: inet },
  { addChain: 'filter', table: inet, base: { type: 'filter', hook: 'forward', priority: 0 } },
  { addChain: 'nat', table: inet, base: { type: 'nat', hook: 'prerouting', priority: -100 } },
  { addChain: 'post', table: inet, base: { type: 'nat', hook: 'postrouting', priority: 100 } },
  { addChain: 'guard', table: bridge, base: { type: 'filter', hook: 'prerouting', priority: -300 } },
  ...inetSets.map((addSet) => ({ addSet, table: inet })),
  ...bridgeSets.map((addSet) => ({ addSet, table: bridge })),
];
