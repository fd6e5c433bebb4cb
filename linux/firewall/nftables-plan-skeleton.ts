/** Makes and mends the skeleton of a table. Pure. */
import type { ChainRecord, Change, RuleRecord, SetSpec } from '../nftables/model';
import type { Digests } from './nftables-digest';
import { baseOfOwnerChain } from './nftables-set';
import {
  type CommentedRule,
  isSharedComment,
  type OwnFamily,
  type SkeletonChain,
  skeletons,
} from './nftables-skeleton';

/** A chain of the skeleton as it was found. */
export interface FoundChain {
  wanted: SkeletonChain;
  found: ChainRecord | undefined;
  rules: readonly RuleRecord[];
}

/** How a skeleton differs from what it should be. */
export interface Damage {
  missingSets: readonly SetSpec[];
  /** Sets that are declared otherwise; nothing mends them, since their elements would be lost. */
  otherSets: readonly SetSpec[];
  chains: readonly FoundChain[];
}

export const intact: Damage = { missingSets: [], otherSets: [], chains: [] };

/** Where there is no table. */
export function missingSkeleton(family: OwnFamily): Damage {
  const { sets, chains } = skeletons[family];
  return {
    missingSets: sets,
    otherSets: [],
    chains: chains.map((wanted) => ({ wanted, found: undefined, rules: [] })),
  };
}

export function isDamaged({ missingSets, otherSets, chains }: Damage): boolean {
  return missingSets.length + otherSets.length + chains.length > 0;
}

function hasSameBase({ base }: SkeletonChain, found: ChainRecord): boolean {
  const { type, hook, priority, policy } = found.base ?? {};
  if (!base) return found.base === undefined;
  return type === base.type && hook === base.hook && priority === base.priority && policy === 'accept';
}

function isJumpFrom(chain: string, { jump }: RuleRecord): boolean {
  return jump !== undefined && baseOfOwnerChain(jump) === chain;
}

function isSameRule(wanted: CommentedRule, found: RuleRecord | undefined, digests: Digests): boolean {
  const digest = digests(wanted);
  return wanted.comment === found?.comment && (digest === undefined || digest === found.digest);
}

/** Whether rules are what was planned: comment by comment, and digest by digest where they are known. */
export function areSameRules(
  wanted: readonly CommentedRule[],
  found: readonly RuleRecord[],
  digests: Digests,
): boolean {
  return wanted.length === found.length && wanted.every((rule, at) => isSameRule(rule, found[at], digests));
}

/** Nothing is in it but its rules and owners' jumps. */
export function isIntact({ wanted, found, rules }: FoundChain, digests: Digests): boolean {
  if (!found || !hasSameBase(wanted, found)) return false;
  const shared = rules.filter(({ comment }) => isSharedComment(comment));
  const others = rules.filter((rule) => !shared.includes(rule));
  return areSameRules(wanted.rules, shared, digests) && others.every((rule) => isJumpFrom(wanted.name, rule));
}

/**
 * A damaged chain is filled anew.
 * @param jumps to owners' chains, by the base chain that they come from
 */
function planChain(
  family: OwnFamily,
  { wanted, found }: FoundChain,
  jumps: readonly CommentedRule[],
): Change[] {
  const { table } = skeletons[family];
  const { name, base } = wanted;
  const isOther = found !== undefined && !hasSameBase(wanted, found);
  return [
    ...(isOther ? [{ deleteChain: name, table }] : []),
    { addChain: name, table, ...(base ? { base } : {}) },
    { flushChain: name, table },
    ...[...wanted.rules, ...jumps].map((rule) => ({ addRule: rule, chain: name, table })),
  ];
}

/** @param jumps to put into chains that are filled anew; by the name of the base chain */
export function planMending(
  family: OwnFamily,
  { missingSets, chains }: Damage,
  jumps: ReadonlyMap<string, readonly CommentedRule[]>,
): Change[] {
  const { table } = skeletons[family];
  if (missingSets.length + chains.length === 0) return [];
  return [
    { addTable: table },
    ...missingSets.map((addSet) => ({ addSet, table })),
    ...chains.flatMap((chain) => planChain(family, chain, jumps.get(chain.wanted.name) ?? [])),
  ];
}
