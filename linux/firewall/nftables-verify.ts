/** Compares a listing of our table with what an owner should have. Rules are told by the fingerprints in their comments. */
import { FirewallDriftError } from './drift-error';
import type { NftTable } from './nftables-json';
import { chainsOf, elementsOf, isIntact, jumpsTo, sameElement } from './nftables-plan';
import type { OwnerPlan, PlannedChain } from './nftables-set';
import { skeletons, type TableFamily } from './nftables-skeleton';

function skeletonDifference(family: TableFamily, table: NftTable): string | undefined {
  const { sets, chains } = skeletons[family];
  const set = sets.find(({ name }) => !table.sets.has(name));
  if (set) return `${set.kind} "${set.name}" of table ${family} tsnet is missing`;
  const chain = chains.find((wanted) => !isIntact(wanted, table.chains.get(wanted.name)));
  return chain && `chain "${chain.name}" of table ${family} tsnet is missing or was changed`;
}

function chainDifference(table: NftTable, { name, from, rules }: PlannedChain): string | undefined {
  const found = table.chains.get(name);
  if (!found) return `chain "${name}" is missing`;
  if (found.rules.map(({ comment }) => comment).join('\n') !== rules.map(({ comment }) => comment).join('\n'))
    return `rules of chain "${name}" were changed`;
  const jumps = jumpsTo(table, name).length;
  return from && jumps !== 1 ? `chain "${from}" has ${jumps} jumps to "${name}"` : undefined;
}

function elementDifference(table: NftTable, { key, elements }: OwnerPlan): string | undefined {
  const found = elementsOf(table, key);
  const missing = elements.find((element) => !found.some((other) => sameElement(element, other)));
  if (missing) return `element { ${missing.key} } of "${missing.set}" is missing`;
  const extra = found.find((element) => !elements.some((other) => sameElement(element, other)));
  return extra && `element { ${extra.key} } of "${extra.set}" is left over`;
}

function strayChain(table: NftTable, { key, chains }: OwnerPlan): string | undefined {
  const stray = chainsOf(table, key).find((name) => !chains.some((chain) => chain.name === name));
  return stray && `chain "${stray}" is left over`;
}

/** @throws FirewallDriftError on the first difference */
export function requireOwner(family: TableFamily, table: NftTable, plan: OwnerPlan): void {
  const difference =
    (plan.chains.length > 0 ? skeletonDifference(family, table) : undefined) ??
    plan.chains.map((chain) => chainDifference(table, chain)).find((found) => found !== undefined) ??
    strayChain(table, plan) ??
    elementDifference(table, plan);
  if (difference) throw new FirewallDriftError(plan.key, difference);
}
