/**
 * A rule set as one owner's part of a table: a chain per hook, elements of shared maps, and a chain that nothing jumps to,
 * which keeps the owner's label. Pure.
 */
import type { RuleSet, RuleSetKey } from './model';
import { type PlannedElement, planElements } from './nftables-forward';
import { ruleText } from './nftables-rule';
import { fingerprint } from './nftables-skeleton';
import { labelComments, ownerHash, ownerLabel } from './owner-label';

export interface PlannedRule {
  text: string;
  comment: string;
}

export interface PlannedChain {
  name: string;
  /** The base chain that jumps here; none for the chain that keeps the label. */
  from?: string;
  rules: PlannedRule[];
}

export interface OwnerPlan {
  key: RuleSetKey;
  chains: PlannedChain[];
  elements: PlannedElement[];
}

/** NFTNL_UDATA_COMMENT_MAXLEN is 128 with the NUL; what is put before a label has room too. */
const maxComment = 110;

/** Name of the chain that keeps the label; the names of the owner's other chains begin with it and a hyphen. */
export function recordChain(key: RuleSetKey): string {
  return `owner-${ownerHash(key, 16)}`;
}

/** The base chain behind an owner's chain; undefined for other chains, and for the chain that keeps the label. */
export function baseOfOwnerChain(chain: string): string | undefined {
  return /^owner-[0-9a-f]{16}-(.+)$/.exec(chain)?.[1];
}

/** The record behind any chain of an owner. */
export function recordOfOwnerChain(chain: string): string | undefined {
  return /^(owner-[0-9a-f]{16})(-|$)/.exec(chain)?.[1];
}

export function isRecordChain(chain: string): boolean {
  return /^owner-[0-9a-f]{16}$/.test(chain);
}

/** Comment of the owner's elements: begins with the name of its record. */
export function elementComment(key: RuleSetKey): string {
  return `${recordChain(key)} ${ownerLabel(key).slice(0, maxComment - 30)}`;
}

/** The record chain that an element's comment names. */
export function recordOfElement(comment: string | undefined): string | undefined {
  return comment?.split(' ')[0];
}

function plannedRule(key: RuleSetKey, text: string): PlannedRule {
  return { text, comment: `${fingerprint(text)} ${ownerLabel(key).slice(0, maxComment - 11)}` };
}

export function planJump(key: RuleSetKey, chain: string): PlannedRule {
  return plannedRule(key, `jump ${chain}`);
}

function planRecord(key: RuleSetKey): PlannedChain {
  const comments = labelComments(ownerLabel(key), maxComment);
  return { name: recordChain(key), rules: comments.map((comment) => ({ text: 'continue', comment })) };
}

/** A set without content has no chain at all: an owner is what has something. */
export function planOwner(set: RuleSet): OwnerPlan {
  const elements = planElements(set.forwards ?? []);
  if (set.rules.length + elements.length === 0) return { key: set, chains: [], elements };
  const hooks = [...new Set(set.rules.map(({ hook }) => hook))];
  const chains = hooks.map((hook) => ({
    name: `${recordChain(set)}-${hook}`,
    from: hook,
    rules: set.rules.filter((rule) => rule.hook === hook).map((rule) => plannedRule(set, ruleText(rule))),
  }));
  return { key: set, chains: [planRecord(set), ...chains], elements };
}
