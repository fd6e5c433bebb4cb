/** A rule set as the chains that one address family gets. Pure. */
import { planForwards } from './iptables-forward';
import type { Place, Words } from './iptables-layout';
import { commentWords, ruleWords } from './iptables-rule';
import type { Family, RuleSet } from './model';
import { labelComments, ownerLabel } from './owner-label';
import { familiesOf } from './validate';

/** Rules of the owner's chain at each place where it has one. */
export type OwnerRules = Map<Place, Words[]>;

/** XT_MAX_COMMENT_LEN (linux/netfilter/xt_comment.h) without the terminating NUL. */
const maxComment = 255;

export function planOwnerRules(set: RuleSet, family: Family): OwnerRules {
  const [comment, ...others] = labelComments(ownerLabel(set), maxComment);
  const rules: OwnerRules = new Map();
  const forwards = (set.forwards ?? []).filter((forward) => forward.family === family);
  const placed = [
    ...set.rules.filter((rule) => familiesOf(rule).includes(family)),
    ...planForwards(forwards),
  ].map((rule) => ({ ...rule, place: ('place' in rule ? rule.place : rule.hook) as Place }));
  for (const rule of placed)
    rules.set(rule.place, [...(rules.get(rule.place) ?? []), ruleWords(rule, comment)]);
  for (const list of rules.values()) list.push(...others.map(commentWords));
  return rules;
}
