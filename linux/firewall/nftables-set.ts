/**
 * A rule set as one owner's part of a table: a chain per hook, elements of shared sets and maps, and a chain that nothing
 * jumps to, which keeps the owner's record. Pure.
 */
import type { Statement } from '../nftables/model';
import type { Rule, RuleSet, RuleSetKey } from './model';
import type { PlannedElement } from './nftables-element';
import { planElements } from './nftables-forward';
import { planGuard } from './nftables-guard';
import { recordComments } from './nftables-record';
import { ruleStatements } from './nftables-rule';
import { type CommentedRule, fingerprint, type OwnFamily } from './nftables-skeleton';
import { ownerHash, ownerLabel } from './owner-label';
import { listClaims } from './taken-ports';

export interface PlannedChain {
  name: string;
  rules: CommentedRule[];
}

export interface OwnerPlan {
  family: OwnFamily;
  key: RuleSetKey;
  /** None when the owner is to have nothing; else the record first. */
  chains: PlannedChain[];
  /** From base chains to the owner's. */
  jumps: { base: string; rule: CommentedRule }[];
  elements: PlannedElement[];
}

/** NFTNL_UDATA_COMMENT_MAXLEN is 128 with the NUL; what is put before a label has room too. */
const maxComment = 110;

const recordChains = new WeakMap<RuleSetKey, string>();

/** Name of the chain that keeps the record; the names of the owner's other chains begin with it and a hyphen. */
export function recordChain(key: RuleSetKey): string {
  const known = recordChains.get(key);
  if (known !== undefined) return known;
  const name = `owner-${ownerHash(key, 16)}`;
  recordChains.set(key, name);
  return name;
}

export function hookChain(key: RuleSetKey, hook: string): string {
  return `${recordChain(key)}-${hook}`;
}

/** The base chain behind an owner's chain; undefined for other chains, and for the chain that keeps the record. */
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

/** Guards on bridge ports live in the bridge family, all else in the IP families. */
export function familyOfRole(role: RuleSetKey['role']): OwnFamily {
  return role === 'macspoofchk' ? 'bridge' : 'inet';
}

/** Comment of the owner's elements: begins with the name of its record. */
export function elementComment(key: RuleSetKey): string {
  return `${recordChain(key)} ${ownerLabel(key).slice(0, maxComment - 30)}`;
}

function ownRule(key: RuleSetKey, statements: readonly Statement[]): CommentedRule {
  const label = ownerLabel(key).slice(0, maxComment - 11);
  return { statements, comment: `${fingerprint(statements)} ${label}` };
}

export function planJump(key: RuleSetKey, chain: string): CommentedRule {
  return ownRule(key, [{ jump: chain }]);
}

function planChain(set: RuleSetKey, hook: string, rules: readonly Rule[]): PlannedChain {
  const own = rules.filter((rule) => rule.hook === hook);
  return { name: hookChain(set, hook), rules: own.map((rule) => ownRule(set, ruleStatements(rule))) };
}

/** Rules that one shared rule can serve become elements. */
function splitRules(rules: readonly Rule[]): { rules: Rule[]; elements: PlannedElement[] } {
  const planned = rules.map((rule) => ({ rule, elements: planGuard(rule) }));
  return {
    rules: planned.flatMap(({ rule, elements }) => (elements ? [] : [rule])),
    elements: planned.flatMap(({ elements }) => elements ?? []),
  };
}

/** A set without content has no chain at all: an owner is what has something. */
export function planOwner(set: RuleSet): OwnerPlan {
  const family = familyOfRole(set.role);
  const { rules, elements: guards } = splitRules(set.rules);
  const elements = [...planElements(set.forwards ?? []), ...guards];
  if (rules.length + elements.length === 0) return { family, key: set, chains: [], jumps: [], elements };
  const hooks = [...new Set(rules.map(({ hook }) => hook))];
  const comments = recordComments({
    key: set,
    hooks,
    elements,
    claims: listClaims({ ...set, forwards: [] }),
  });
  const record = {
    name: recordChain(set),
    rules: comments.map((comment) => ({ statements: [{ verdict: 'continue' } as const], comment })),
  };
  const chains = [record, ...hooks.map((hook) => planChain(set, hook, rules))];
  const jumps = hooks.map((hook) => ({ base: hook, rule: planJump(set, hookChain(set, hook)) }));
  return { family, key: set, chains, jumps, elements };
}
