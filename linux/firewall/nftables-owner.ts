/** What the kernel holds of one owner, read by the owner's record; where that is damaged, by listing everything. */
import type { Element, RuleRecord } from '../nftables/model';
import type { RuleSetKey } from './model';
import { bySet, type PlannedElement, recordOfElement } from './nftables-element';
import { type OwnerRecord, parseRecord } from './nftables-record';
import { baseOfOwnerChain, hookChain, recordChain, recordOfOwnerChain } from './nftables-set';
import { skeletons } from './nftables-skeleton';
import type { TableView } from './nftables-view';

export interface FoundJump extends RuleRecord {
  base: string;
  /** Name of the owner's chain. */
  jump: string;
}

export interface FoundOwner {
  key: RuleSetKey;
  /** Names of its chains, the record among them. */
  chains: readonly string[];
  jumps: readonly FoundJump[];
  elements: readonly PlannedElement[];
}

export async function findRecord(view: TableView, chain: string): Promise<OwnerRecord | undefined> {
  const rules = await view.findRules(chain);
  return rules && parseRecord(rules.map(({ comment }) => comment ?? ''));
}

/** Jumps from a base chain to the chain. */
export async function listJumps(view: TableView, base: string, chain: string): Promise<FoundJump[]> {
  const rules = (await view.findRules(base)) ?? [];
  return rules.flatMap((rule) => (rule.jump === chain ? [{ ...rule, base, jump: chain }] : []));
}

async function findChains(view: TableView, key: RuleSetKey, hooks: readonly string[]): Promise<string[]> {
  const names = [recordChain(key), ...hooks.map((hook) => hookChain(key, hook))];
  const rules = await Promise.all(names.map((name) => view.findRules(name)));
  return names.filter((_, at) => rules[at] !== undefined);
}

async function jumpsTo(view: TableView, chains: readonly string[]): Promise<FoundJump[]> {
  const jumps = chains.map(async (chain) => {
    const base = baseOfOwnerChain(chain);
    return base === undefined ? [] : listJumps(view, base, chain);
  });
  return (await Promise.all(jumps)).flat();
}

export function isOf(key: RuleSetKey, element: Element): boolean {
  return recordOfElement(element) === recordChain(key);
}

function planned(set: string, { key, value }: Element): PlannedElement {
  return { set, key, ...(value === undefined ? {} : { value }) };
}

/** The elements with just these keys, as far as they are the owner's: another may have one by now. */
export async function listOwnElements(
  view: TableView,
  owner: RuleSetKey,
  elements: readonly PlannedElement[],
): Promise<PlannedElement[]> {
  const lists = [...bySet(elements)].map(async ([set, group]) => {
    const keys = group.map(({ key }) => key);
    const found = await view.findElements(set, keys);
    const own = found.filter(
      (element, at) => element && isOf(owner, element) && element.key.join() === keys[at]!.join(),
    );
    return own.map((element) => planned(set, element!));
  });
  return (await Promise.all(lists)).flat();
}

async function listElementsBySearch(view: TableView, key: RuleSetKey): Promise<PlannedElement[]> {
  const sets = skeletons[view.family].sets.map(({ name }) => name);
  const lists = sets.map(async (set) =>
    (await view.listElements(set)).filter((element) => isOf(key, element)).map((one) => planned(set, one)),
  );
  return (await Promise.all(lists)).flat();
}

/** Reads every set and the names of all chains. */
export async function searchOwner(view: TableView, key: RuleSetKey): Promise<FoundOwner> {
  const names = (await view.listChains()).map(({ name }) => name);
  const chains = names.filter((name) => recordOfOwnerChain(name) === recordChain(key));
  const [jumps, elements] = await Promise.all([jumpsTo(view, chains), listElementsBySearch(view, key)]);
  return { key, chains, jumps, elements };
}

/**
 * Costs what the owner has.
 * @param hooks whose chains are looked for where there is no record; there the owner may have lost it
 */
export async function readOwner(
  view: TableView,
  key: RuleSetKey,
  hooks: readonly string[],
): Promise<FoundOwner> {
  const rules = await view.findRules(recordChain(key));
  const record = rules && parseRecord(rules.map(({ comment }) => comment ?? ''));
  if (!record) {
    const chains = await findChains(view, key, hooks);
    return chains.length > 0 ? searchOwner(view, key) : { key, chains, jumps: [], elements: [] };
  }
  const chains = await findChains(view, key, record.hooks);
  const [jumps, elements] = await Promise.all([
    jumpsTo(view, chains),
    listOwnElements(view, key, record.elements),
  ]);
  return { key, chains, jumps, elements };
}
