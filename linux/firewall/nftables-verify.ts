/** Compares what the kernel holds of an owner with what it should: names, comments, digests, elements. */
import { FirewallDriftError } from './drift-error';
import { type Digests, learnDigests } from './nftables-digest';
import type { PlannedElement } from './nftables-element';
import { listJumps, listOwnElements, readOwner } from './nftables-owner';
import { areSameRules, type Damage } from './nftables-plan-skeleton';
import type { OwnerPlan, PlannedChain } from './nftables-set';
import { hooksOf, type OwnFamily } from './nftables-skeleton';
import type { TableView } from './nftables-view';

export function describeDamage(family: OwnFamily, damage: Damage): string | undefined {
  const [set] = damage.missingSets;
  if (set) return `${set.value ? 'map' : 'set'} "${set.name}" of table ${family} tsnet is missing`;
  const [chain] = damage.chains;
  if (chain) return `chain "${chain.wanted.name}" of table ${family} tsnet is missing or was changed`;
  const [other] = damage.otherSets;
  return other && `"${other.name}" is declared otherwise`;
}

async function chainDifference(
  view: TableView,
  { name, rules }: PlannedChain,
  digests: Digests,
): Promise<string | undefined> {
  const found = await view.findRules(name);
  if (!found) return `chain "${name}" is missing`;
  return areSameRules(rules, found, digests) ? undefined : `rules of chain "${name}" were changed`;
}

async function jumpDifference(
  view: TableView,
  { jumps }: OwnerPlan,
  digests: Digests,
): Promise<string | undefined> {
  for (const { base, rule } of jumps) {
    const chain = rule.statements.flatMap((statement) => ('jump' in statement ? statement.jump : []))[0]!;
    const found = await listJumps(view, base, chain);
    if (found.length !== 1) return `chain "${base}" has ${found.length} jumps to "${chain}"`;
    if (!areSameRules([rule], found, digests)) return `a rule of chain "${base}" was edited`;
  }
  return undefined;
}

function keyText({ set, key }: PlannedElement): string {
  return JSON.stringify([set, ...key]);
}

async function elementDifference(view: TableView, { key, elements }: OwnerPlan): Promise<string | undefined> {
  const own = await listOwnElements(view, key, elements);
  const present = new Map(own.map((element) => [keyText(element), element]));
  for (const element of elements) {
    const found = present.get(keyText(element));
    const text = (one: PlannedElement) => `element { ${one.key.join(' . ')} } of "${one.set}"`;
    if (!found) return `${text(element)} is missing`;
    if (found.value?.join() !== element.value?.join()) return `${text(element)} was changed`;
  }
  return undefined;
}

/** Of an owner that is to have nothing. */
async function leftDifference(view: TableView, { key }: OwnerPlan): Promise<string | undefined> {
  const [chain] = (await readOwner(view, key, hooksOf(view.family))).chains;
  return chain && `chain "${chain}" is left over`;
}

async function findDifference(view: TableView, plan: OwnerPlan): Promise<string | undefined> {
  if (plan.chains.length === 0) return leftDifference(view, plan);
  const digests = await learnDigests(view.family, plan);
  for (const chain of plan.chains) {
    const difference = await chainDifference(view, chain, digests);
    if (difference) return difference;
  }
  return (await jumpDifference(view, plan, digests)) ?? (await elementDifference(view, plan));
}

/** @throws FirewallDriftError on the first difference */
export async function requireOwner(view: TableView, plan: OwnerPlan): Promise<void> {
  const difference = await findDifference(view, plan);
  if (difference) throw new FirewallDriftError(plan.key, difference);
}
