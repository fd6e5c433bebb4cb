/** From a listing of our table to the input of one `nft -f`. Pure. */
import type { RuleSetKey } from './model';
import type { PlannedElement } from './nftables-forward';
import type { NftChain, NftRule, NftTable } from './nftables-json';
import { NftScript } from './nftables-script';
import {
  baseOfOwnerChain,
  elementComment,
  isRecordChain,
  type OwnerPlan,
  type PlannedRule,
  planJump,
  recordChain,
  recordOfElement,
} from './nftables-set';
import { type SkeletonChain, sharedComment, skeletons, type TableFamily } from './nftables-skeleton';
import { keyOfComments } from './owner-label';

export const emptyTable: NftTable = { name: '', chains: new Map(), sets: new Map(), declarations: new Map() };

/** Chains of the owner, by name. */
export function chainsOf(table: NftTable, key: RuleSetKey): string[] {
  const record = recordChain(key);
  return [...table.chains.keys()].filter((name) => name === record || name.startsWith(`${record}-`));
}

/** Jumps from base chains to `chain`. */
export function jumpsTo(table: NftTable, chain: string): NftRule[] {
  return (table.chains.get(baseOfOwnerChain(chain) ?? '')?.rules ?? []).filter(({ jump }) => jump === chain);
}

/** Elements of the owner in all sets and maps. */
export function elementsOf(table: NftTable, key: RuleSetKey): PlannedElement[] {
  const record = recordChain(key);
  return [...table.sets].flatMap(([set, elements]) =>
    elements
      .filter(({ comment }) => recordOfElement(comment) === record)
      .map(({ key, value }) => ({ set, key, ...(value === undefined ? {} : { value }) })),
  );
}

export function sameElement(one: PlannedElement, other: PlannedElement): boolean {
  return one.set === other.set && one.key === other.key && one.value === other.value;
}

function isShared({ comment }: NftRule): boolean {
  return comment?.startsWith('tsnet ') ?? false;
}

function hasSameBase({ base }: SkeletonChain, found: NftChain): boolean {
  return found.hook === base?.hook && found.type === base?.type && found.priority === base?.priority;
}

/** Whether a chain of the skeleton is as it should be: nothing is in it but its rules, told by comment, and owners' jumps. */
export function isIntact(wanted: SkeletonChain, found: NftChain | undefined): boolean {
  if (!found || !hasSameBase(wanted, found) || found.policy !== (wanted.base && 'accept')) return false;
  const shared = found.rules.filter(isShared).map(({ comment }) => comment);
  const isJump = ({ jump }: NftRule) => jump !== undefined && baseOfOwnerChain(jump) === wanted.name;
  return (
    shared.join() === wanted.rules.map(sharedComment).join() &&
    found.rules.every((rule) => isShared(rule) || isJump(rule))
  );
}

/**
 * Makes what is missing of the skeleton. A damaged base chain is filled anew, with the jumps to all owners but `key`.
 * Gives the table as it is for what follows: refilled chains without rules, since their handles are not known yet.
 */
function ensureSkeleton(script: NftScript, family: TableFamily, table: NftTable, key: RuleSetKey): NftTable {
  const chains = new Map(table.chains);
  script.addTable();
  for (const set of skeletons[family].sets) if (!table.sets.has(set.name)) script.addSet(set);
  const own = chainsOf(table, key);
  for (const chain of skeletons[family].chains) {
    const found = table.chains.get(chain.name);
    if (isIntact(chain, found)) continue;
    if (found && !hasSameBase(chain, found)) script.deleteChain(chain.name);
    script.resetChain(chain);
    for (const text of chain.rules) script.addRule(chain.name, { text, comment: sharedComment(text) });
    for (const name of [...table.chains.keys()].filter((name) => baseOfOwnerChain(name) === chain.name))
      if (!own.includes(name)) script.addRule(chain.name, jumpAgain(table, name));
    chains.set(chain.name, { ...found, rules: [] });
  }
  return { ...table, chains };
}

/** The jump to another owner's chain: its label is in the comments of the chain's own rules. */
function jumpAgain(table: NftTable, chain: string): PlannedRule {
  const [record] = /^owner-[0-9a-f]+/.exec(chain)!;
  const key = keyOfRecord(table, record);
  return key ? planJump(key, chain) : { text: `jump ${chain}`, comment: chain };
}

/** Whose label the record chain keeps. */
export function keyOfRecord(table: NftTable, record: string): RuleSetKey | undefined {
  return keyOfComments((table.chains.get(record)?.rules ?? []).map(({ comment }) => comment ?? ''));
}

function ensureChains(script: NftScript, table: NftTable, plan: OwnerPlan): void {
  for (const chain of plan.chains) {
    script.addChain(chain);
    const [present, ...extra] = jumpsTo(table, chain.name);
    if (chain.from && !present) script.addRule(chain.from, planJump(plan.key, chain.name));
    for (const { handle } of extra) script.deleteRule(chain.from!, handle);
  }
}

function removeChains(script: NftScript, table: NftTable, names: string[]): void {
  for (const name of names)
    for (const { handle } of jumpsTo(table, name)) script.deleteRule(baseOfOwnerChain(name)!, handle);
  for (const name of names) script.deleteChain(name);
}

/**
 * Elements of other owners that stand for an address which is now ours: what a container that died without DEL left behind.
 * Published ports are not taken over; those are refused before.
 */
function leftovers(table: NftTable, plan: OwnerPlan): PlannedElement[] {
  const addresses = plan.elements.flatMap(({ set, key, value }) =>
    value === undefined ? [`${set} ${key.split(' . ')[0]}`] : [],
  );
  return [...table.sets].flatMap(([set, elements]) =>
    elements
      .filter(({ key }) => addresses.includes(`${set} ${key.split(' . ')[0]}`))
      .filter(({ comment }) => recordOfElement(comment) !== recordChain(plan.key))
      .map(({ key }) => ({ set, key })),
  );
}

function ensureElements(script: NftScript, table: NftTable, plan: OwnerPlan): void {
  const found = elementsOf(table, plan.key);
  const isIn = (list: PlannedElement[]) => (element: PlannedElement) =>
    list.some((other) => sameElement(element, other));
  const stale = found.filter((element) => !isIn(plan.elements)(element));
  script.deleteElements([...stale, ...leftovers(table, plan)]);
  const missing = plan.elements.filter((element) => !isIn(found)(element));
  script.addElements(missing, elementComment(plan.key));
}

/** Input for `nft -f` that gives the owner what the plan says, and nothing else. */
export function planEnsure(family: TableFamily, table: NftTable, plan: OwnerPlan): string {
  if (plan.chains.length === 0) return planRemove(family, table, [plan.key]);
  const script = new NftScript(family);
  const settled = ensureSkeleton(script, family, table, plan.key);
  const wanted = plan.chains.map(({ name }) => name);
  ensureChains(script, settled, plan);
  removeChains(
    script,
    settled,
    chainsOf(settled, plan.key).filter((name) => !wanted.includes(name)),
  );
  ensureElements(script, settled, plan);
  return script.text;
}

/** Input for `nft -f` that leaves nothing of the owners, nor of the table when it held only theirs. */
export function planRemove(family: TableFamily, table: NftTable, keys: readonly RuleSetKey[]): string {
  const script = new NftScript(family);
  const owners = [...new Map(keys.map((key) => [recordChain(key), key])).values()];
  const records = new Set(owners.map(recordChain));
  const others = [...table.chains.keys()].filter((name) => isRecordChain(name) && !records.has(name));
  if (others.length === 0 && table !== emptyTable) {
    script.deleteTable();
    return script.text;
  }
  removeChains(
    script,
    table,
    owners.flatMap((key) => chainsOf(table, key)),
  );
  script.deleteElements(owners.flatMap((key) => elementsOf(table, key)));
  return script.text;
}
