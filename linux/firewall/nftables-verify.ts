/** Compares a listing of our table with what an owner should have: first by names, numbers and comments, then word by word. */
import { FirewallDriftError } from './drift-error';
import { isObject, type NftRule, type NftTable } from './nftables-json';
import { findExpectedTable } from './nftables-listing';
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

/** A rule but for what changes by itself. */
function ruleText({ comment, statements }: NftRule): string {
  return JSON.stringify([
    comment,
    statements.filter((statement) => !isObject(statement) || !statement.counter),
  ]);
}

/** Compares what is told by comments above in what it says: rules edited in place, sets declared otherwise. */
function listingDifference(table: NftTable, expected: NftTable): string | undefined {
  for (const [name, declaration] of expected.declarations)
    if (table.declarations.get(name) !== declaration) return `"${name}" is declared otherwise`;
  for (const [name, { rules }] of expected.chains) {
    const comments = rules.map(({ comment }) => comment);
    const found = (table.chains.get(name)?.rules ?? []).filter(({ comment }) => comments.includes(comment));
    if (found.map(ruleText).join() !== rules.map(ruleText).join())
      return `a rule of chain "${name}" was edited`;
  }
  return undefined;
}

/** What a listing alone tells. */
function plainDifference(family: TableFamily, table: NftTable, plan: OwnerPlan): string | undefined {
  return (
    (plan.chains.length > 0 ? skeletonDifference(family, table) : undefined) ??
    plan.chains.map((chain) => chainDifference(table, chain)).find((found) => found !== undefined) ??
    strayChain(table, plan) ??
    elementDifference(table, plan)
  );
}

/** @throws FirewallDriftError on the first difference */
export function requireOwner(family: TableFamily, table: NftTable, plan: OwnerPlan): void {
  const difference = plainDifference(family, table, plan) ?? wordDifference(family, table, plan);
  if (difference) throw new FirewallDriftError(plan.key, difference);
}

/** Last, since it takes commands. */
function wordDifference(family: TableFamily, table: NftTable, plan: OwnerPlan): string | undefined {
  const expected = findExpectedTable(family, plan);
  return expected && listingDifference(table, expected);
}
