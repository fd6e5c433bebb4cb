/** From what the kernel holds of owners to the changes that give them what they should have. Pure. */
import type { Change } from '../nftables/model';
import { bySet, type PlannedElement, without } from './nftables-element';
import type { FoundJump, FoundOwner } from './nftables-owner';
import { type Damage, planMending } from './nftables-plan-skeleton';
import { elementComment, type OwnerPlan } from './nftables-set';
import { type CommentedRule, findSetSpec, type OwnFamily, skeletons } from './nftables-skeleton';

/** What stands in the kernel, as far as an owner's change has to know. */
export interface Situation {
  damage: Damage;
  /** Jumps to the chains of all other owners, for base chains that are filled anew. */
  otherJumps: ReadonlyMap<string, readonly CommentedRule[]>;
  owner: FoundOwner;
  /** Elements of others that stand in the way: what containers left that ended without a removal. */
  leftovers: readonly PlannedElement[];
}

function planChains({ family, chains }: OwnerPlan): Change[] {
  const { table } = skeletons[family];
  return chains.flatMap(({ name, rules }) => [
    { addChain: name, table },
    { flushChain: name, table },
    ...rules.map((rule) => ({ addRule: rule, chain: name, table })),
  ]);
}

function deletionsOf(family: OwnFamily, jumps: readonly FoundJump[]): Change[] {
  const { table } = skeletons[family];
  return jumps.map(({ base, handle }) => ({ deleteRule: handle, chain: base, table }));
}

function removeChains(family: OwnFamily, names: readonly string[]): Change[] {
  const { table } = skeletons[family];
  return names.map((name) => ({ deleteChain: name, table }));
}

function deleteElements(family: OwnFamily, elements: readonly PlannedElement[]): Change[] {
  return [...bySet(elements)].map(([set, group]) => ({
    deleteElements: group,
    set: findSetSpec(family, set)!,
    table: skeletons[family].table,
  }));
}

/** All are to be new: the kernel refuses those that somebody else has by now. */
function addElements({ family, key }: OwnerPlan, elements: readonly PlannedElement[]): Change[] {
  const comment = elementComment(key);
  return [...bySet(elements)].map(([set, group]) => ({
    addElements: group.map((element) => ({ ...element, comment })),
    set: findSetSpec(family, set)!,
    table: skeletons[family].table,
    exclusive: true,
  }));
}

/** Each planned jump once; jumps in chains that are filled anew are gone already. */
function planJumps({ family, jumps }: OwnerPlan, present: readonly FoundJump[]): Change[] {
  const { table } = skeletons[family];
  const kept = jumps.map(({ base, rule }) =>
    present.find((jump) => jump.base === base && jump.comment === rule.comment),
  );
  const missing = jumps.filter((_, at) => kept[at] === undefined);
  return [
    ...missing.map(({ base, rule }) => ({ addRule: rule, chain: base, table })),
    ...deletionsOf(
      family,
      present.filter((jump) => !kept.includes(jump)),
    ),
  ];
}

/** Gives the owner what the plan says, and nothing else. */
export function planEnsure(plan: OwnerPlan, situation: Situation): Change[] {
  const { family, elements } = plan;
  const { damage, otherJumps, owner, leftovers } = situation;
  const refilled = new Set(damage.chains.map(({ wanted }) => wanted.name));
  const present = owner.jumps.filter(({ base }) => !refilled.has(base));
  const wanted = new Set(plan.chains.map(({ name }) => name));
  return [
    ...planMending(family, damage, otherJumps),
    ...planChains(plan),
    ...planJumps(plan, present),
    ...removeChains(
      family,
      owner.chains.filter((name) => !wanted.has(name)),
    ),
    ...deleteElements(family, [...without(owner.elements, elements), ...leftovers]),
    ...addElements(plan, without(elements, owner.elements)),
  ];
}

/** Leaves nothing of the owners. */
export function planRemove(family: OwnFamily, owners: readonly FoundOwner[]): Change[] {
  return [
    ...owners.flatMap(({ jumps }) => deletionsOf(family, jumps)),
    ...owners.flatMap(({ chains }) => removeChains(family, chains)),
    ...deleteElements(
      family,
      owners.flatMap(({ elements }) => elements),
    ),
  ];
}
