/** Whatever is written in either way, nft lists it alike, and both implementations read it alike. */
import type { Netns } from '../../netns/netns';
import { enterPrivateHost } from '../../private-host';
import type { Change } from '../model';
import { NetlinkNftables } from '../netlink/nftables';
import { setExamples } from './element-examples';
import { openers } from './fixture';
import { commitWithEach, listRuleset } from './oracle';
import { inet, ruleExamples, ruleGround } from './rule-examples';

beforeAll(() => enterPrivateHost());

const allRules = ruleExamples.map(({ table, chain, rule }): Change => ({ addRule: rule, chain, table }));

const allElements = setExamples.flatMap(({ set, elements }): Change[] => [
  { addSet: set, table: inet },
  { addElements: elements, set, table: inet },
]);

function expectAlike(seen: Record<string, unknown>): void {
  expect(seen['nft-command']).toEqual(seen.netlink);
}

test('nft lists sets and elements alike', async () => {
  expectAlike(await commitWithEach([{ addTable: inet }, ...allElements], listRuleset));
});

test('nft lists rules alike', async () => {
  const seen = await commitWithEach([...ruleGround, ...allRules], listRuleset);
  expectAlike(seen);
  for (const { rule } of ruleExamples) expect(seen.netlink!.text).toContain(rule.comment ?? '');
  expect(seen.netlink!.json.filter((item) => Object.hasOwn(item as object, 'rule'))).toHaveLength(
    ruleExamples.length,
  );
});

/** Digests tell apart what the kernel holds, also where nft prints the same. */
test('the kernel holds the same expressions', async () => {
  const digests = async (netns: Netns) => {
    using nftables = netns.run(() => NetlinkNftables.open());
    const chains = ['filter', 'nat', 'post'].map((chain) => nftables.findRules(inet, chain));
    return (await Promise.all(chains)).flatMap((rules) => rules!.map(({ digest }) => digest));
  };
  const seen = await commitWithEach([...ruleGround, ...allRules], digests);
  expectAlike(seen);
  expect(new Set(seen.netlink).size).toBeGreaterThan(ruleExamples.length / 2);
});

test('both read alike what either has written', async () => {
  const byAll = async (netns: Netns) => {
    const readings = Object.values(openers).map(async (open) => {
      using nftables = open(netns);
      const rules = await nftables.findRules(inet, 'filter');
      return {
        tables: await nftables.listTables(),
        chains: await nftables.listChains(inet),
        sets: (await nftables.listSets(inet)).sort((one, other) => (one.name < other.name ? -1 : 1)),
        rules: rules!.map(({ digest: _, ...rule }) => rule),
      };
    });
    return Promise.all(readings);
  };
  const seen = await commitWithEach([...ruleGround, ...allRules], byAll);
  expectAlike(seen);
  for (const [one, other] of Object.values(seen)) expect(one).toEqual(other);
});
