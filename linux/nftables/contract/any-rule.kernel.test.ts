/** Conditions in any order and company: what one of them implies for the next is the same in both ways. */
import * as fc from 'fast-check';
import { enterPrivateHost } from '../../private-host';
import type { Change, Field, Statement, TableRef } from '../model';
import { NetlinkNftables } from '../netlink/nftables';
import { commitWithEach, listRuleset } from './oracle';
import { bridge, inet, ruleGround } from './rule-examples';

beforeAll(() => enterPrivateHost());

function match(field: Field, ...values: string[]): fc.Arbitrary<Statement> {
  return fc
    .record({ not: fc.boolean(), value: fc.constantFrom(...values) })
    .map(({ not, value }) => ({ match: field, ...(not ? { not: true as const } : {}), values: [value] }));
}

const everywhere = [
  match('meta iifname', 'eth0', 'veth*'),
  match('meta mark', '7', '0x80000000'),
  match('th dport', '80', '80-90'),
];

/** In the inet family nft joins it with what follows to one comparison: the same in other bytes. */
const ofBridge = [match('ether saddr', '02:00:00:00:00:01')];

/** nft refuses conditions on both families in one rule. */
const ofFamily = {
  ip: [match('ip saddr', '10.0.0.1', '10.0.0.0/8', '10.0.0.0/9'), match('ip daddr', '10.0.0.1-10.0.0.9')],
  ip6: [match('ip6 saddr', 'fd00::1', 'fd00::/64', 'fd00::/63'), match('ip6 daddr', '::1')],
};

/** Bridges need a module for connection tracking. */
const ofInet = [match('ct state', 'new', 'invalid'), match('ct status', 'dnat')];

/** What the examples' tables have beyond that, in the inet family. */
const ofInetFamily = {
  ip: [
    fc.constant<Statement>({ match: 'meta nfproto', values: ['ipv4'] }),
    fc.constant<Statement>({ match: 'fib daddr type', values: ['local'] }),
    fc.constant<Statement>({ lookup: ['ip daddr', 'ip saddr'], set: 'hairpin4' }),
    fc.constant<Statement>({ lookup: ['meta iifname', 'ether saddr'], set: 'guests', not: true }),
  ],
  ip6: [
    fc.constant<Statement>({ match: 'meta nfproto', values: ['ipv6'] }),
    fc.constant<Statement>({ lookup: ['ip6 daddr', 'ip6 saddr'], set: 'hairpin6' }),
  ],
};

const end: fc.Arbitrary<Statement> = fc.constantFrom(
  { verdict: 'accept' },
  { verdict: 'return' },
  { setMark: { value: 0x100, mask: 0xff00 } },
);

interface AnyRule {
  table: TableRef;
  statements: Statement[];
}

function rulesOf(table: TableRef, pool: fc.Arbitrary<Statement>[]): fc.Arbitrary<AnyRule> {
  const conditions = fc.array(fc.oneof(...pool), { maxLength: 4 });
  return fc.tuple(conditions, end).map(([all, last]) => ({ table, statements: [...all, last] }));
}

const anyRule = fc.oneof(
  ...(['ip', 'ip6'] as const).flatMap((family) => [
    rulesOf(inet, [...everywhere, ...ofFamily[family], ...ofInet, ...ofInetFamily[family]]),
    rulesOf(bridge, [...everywhere, ...ofBridge, ...ofFamily[family]]),
  ]),
);

const chains = { inet: 'filter', bridge: 'guard' } as Record<string, string>;

test('any rules are held and listed alike', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRule, { minLength: 30, maxLength: 60 }), async (rules) => {
      const changes = rules.map(
        ({ table, statements }): Change => ({
          addRule: { statements },
          chain: chains[table.family]!,
          table,
        }),
      );
      const seen = await commitWithEach([...ruleGround, ...changes], async (netns) => {
        using nftables = netns.run(() => NetlinkNftables.open());
        const found = [inet, bridge].map((table) => nftables.findRules(table, chains[table.family]!));
        const digests = (await Promise.all(found)).flatMap((chain) => chain!.map(({ digest }) => digest));
        return { digests, ...listRuleset(netns) };
      });
      expect(seen.netlink).toEqual(seen['nft-command']);
    }),
    { numRuns: 4 },
  );
});
