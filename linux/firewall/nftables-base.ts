/** Reads the skeleton of a table: what is damaged, and who has a place in it. */
import { type Digests, learnDigests } from './nftables-digest';
import { findRecord } from './nftables-owner';
import { type Damage, isIntact } from './nftables-plan-skeleton';
import { baseOfOwnerChain, isRecordChain, planJump, recordOfOwnerChain } from './nftables-set';
import { type CommentedRule, fingerprint, skeletons } from './nftables-skeleton';
import type { TableView } from './nftables-view';

/** Reads all names, and the rules of base chains. */
export async function findDamage(view: TableView): Promise<Damage> {
  const { sets, chains } = skeletons[view.family];
  const [foundSets, foundChains] = await Promise.all([view.listSets(), view.listChains()]);
  const digests: Digests = foundChains.length > 0 ? await learnDigests(view.family) : () => undefined;
  const read = chains.map(async (wanted) => ({
    wanted,
    found: foundChains.find(({ name }) => name === wanted.name),
    rules: (await view.findRules(wanted.name)) ?? [],
  }));
  const named = (name: string) => foundSets.find((set) => set.name === name);
  return {
    missingSets: sets.filter(({ name }) => !named(name)),
    otherSets: sets.filter((set) => named(set.name) && !isSameSet(set, named(set.name)!)),
    chains: (await Promise.all(read)).filter((chain) => !isIntact(chain, digests)),
  };
}

function isSameSet(one: object, other: object): boolean {
  const text = (set: object) => JSON.stringify(Object.entries(set).sort());
  return text(one) === text(other);
}

/** How many owners have a record. */
export async function countOwners(view: TableView): Promise<number> {
  return (await view.listChains()).filter(({ name }) => isRecordChain(name)).length;
}

/** The jump to an owner's chain as it was: the label is in the record. */
async function jumpAgain(view: TableView, chain: string): Promise<CommentedRule> {
  const record = await findRecord(view, recordOfOwnerChain(chain)!);
  if (record) return planJump(record.key, chain);
  const statements = [{ jump: chain }];
  return { statements, comment: fingerprint(statements) };
}

/** Jumps that base chains need when they are filled anew: to the chains of all owners but one. */
export async function listOtherJumps(
  view: TableView,
  bases: readonly string[],
  own: readonly string[],
): Promise<Map<string, CommentedRule[]>> {
  const names = (await view.listChains()).map(({ name }) => name).filter((name) => !own.includes(name));
  const jumps = new Map<string, CommentedRule[]>();
  for (const base of bases) {
    const chains = names.filter((name) => baseOfOwnerChain(name) === base);
    jumps.set(base, await Promise.all(chains.map((chain) => jumpAgain(view, chain))));
  }
  return jumps;
}
