/**
 * Compares iptables-save with a rule set: chains, entries and jumps by name and number, here; the words of each rule by
 * iptables itself (`-C`), since it prints rules otherwise than it reads them, and each version otherwise.
 */
import { FirewallDriftError } from './drift-error';
import { baseChain, entriesOf, ownerChain, type Place, places, tableOf, type Words } from './iptables-layout';
import { isInOrder } from './iptables-order';
import { copiesOf, jumpsTo, ownerJump } from './iptables-plan';
import { hasChain, rulesOf, type Tables } from './iptables-save';
import type { OwnerRules } from './iptables-set';
import type { Family, RuleSetKey } from './model';
import { RestoreScript } from './restore-script';

export interface Expectation {
  key: RuleSetKey;
  family: Family;
  rules: OwnerRules;
}

/** How the place differs; undefined when it does not, as far as names and numbers tell. */
function differenceAt(tables: Tables, place: Place, { key, family, rules }: Expectation): string | undefined {
  const [table, base, chain] = [tableOf(place), baseChain(place), ownerChain(place, key)];
  const wanted = rules.get(place);
  const found = rulesOf(tables, table, chain);
  if (!wanted) return hasChain(tables, table, chain) ? `${family} chain "${chain}" is left over` : undefined;
  for (const name of [base, chain])
    if (!hasChain(tables, table, name)) return `${family} chain "${name}" is missing`;
  for (const entry of entriesOf(place, family)) {
    const copies = copiesOf(tables, entry).length;
    if (copies !== 1)
      return `${family} chain "${entry.builtin}" of ${entry.table} has ${copies} entries to "${base}"`;
  }
  const jumps = jumpsTo(tables, place, chain).length;
  if (jumps !== 1) return `${family} chain "${base}" has ${jumps} jumps to "${chain}"`;
  if (found.length !== wanted.length)
    return `${family} chain "${chain}" has ${found.length} rules, not ${wanted.length}`;
  if (!isInOrder(found, wanted)) return `${family} chain "${chain}" has its rules in another order`;
  return undefined;
}

/** @throws FirewallDriftError on the first difference in names and numbers */
export function requireChains(tables: Tables, expectation: Expectation): void {
  for (const place of places) {
    const difference = differenceAt(tables, place, expectation);
    if (difference) throw new FirewallDriftError(expectation.key, difference);
  }
}

/** Restore input that changes nothing, and fails unless each rule is there word by word. */
export function planRuleCheck({ key, family, rules }: Expectation): string {
  const script = new RestoreScript();
  const check = (table: string, chain: string, rule: Words) => script.add(table, '-C', chain, ...rule);
  for (const [place, list] of rules) {
    for (const entry of entriesOf(place, family)) check(entry.table, entry.builtin, entry.rule);
    check(tableOf(place), baseChain(place), ownerJump(place, key, list));
    for (const rule of list) check(tableOf(place), ownerChain(place, key), rule);
  }
  return script.text;
}
