/**
 * From what iptables-save showed to the input of one iptables-restore. Pure.
 *
 * With `--noflush`, declaring a chain creates or empties it, so the owner's chain is replaced in one transaction; the base
 * chain, which others share, is declared only when it is absent.
 */
import {
  baseChain,
  type Entry,
  entriesOf,
  ownerChain,
  type Place,
  places,
  tableOf,
  type Words,
} from './iptables-layout';
import { isSameRule } from './iptables-order';
import { hasChain, optionOf, rulesOf, type Tables } from './iptables-save';
import type { OwnerRules } from './iptables-set';
import { sharedCondition } from './iptables-shared-condition';
import type { Family, RuleSetKey } from './model';
import { labelComments, ownerLabel } from './owner-label';
import { RestoreScript } from './restore-script';

export interface Change {
  family: Family;
  /** Owners whose chains are replaced or removed. */
  keys: readonly RuleSetKey[];
  /** What the only owner of an `ensure` shall have; empty for a removal. */
  rules: OwnerRules;
}

/** Rules of a base chain that jump to `chain`. */
export function jumpsTo(tables: Tables, place: Place, chain: string): Words[] {
  return rulesOf(tables, tableOf(place), baseChain(place)).filter((rule) => optionOf(rule, '-j') === chain);
}

/** The copies of an entry that a built-in chain holds. Target and comment tell it from all other rules. */
export function copiesOf(tables: Tables, { table, builtin, rule }: Entry): Words[] {
  const same = (other: Words) =>
    optionOf(other, '-j') === optionOf(rule, '-j') &&
    optionOf(other, '--comment') === optionOf(rule, '--comment');
  return rulesOf(tables, table, builtin).filter(same);
}

/** The jump from the base chain to the owner's, for packets that may meet one of its rules. */
export function ownerJump(place: Place, key: RuleSetKey, rules: readonly Words[]): Words {
  const [comment] = labelComments(ownerLabel(key), 255);
  return [...sharedCondition(rules), '-m', 'comment', '--comment', comment, '-j', ownerChain(place, key)];
}

class ChangePlan {
  readonly script = new RestoreScript();
  readonly #tables: Tables;
  readonly #change: Change;

  constructor(tables: Tables, change: Change) {
    this.#tables = tables;
    this.#change = change;
    for (const place of places) {
      const wanted = change.rules.get(place);
      if (wanted) this.#ensureAt(place, wanted);
      else this.#removeAt(place);
    }
  }

  #ensureAt(place: Place, rules: readonly Words[]): void {
    const table = tableOf(place);
    const base = baseChain(place);
    const key = this.#change.keys[0]!;
    const chain = ownerChain(place, key);
    if (!hasChain(this.#tables, table, base)) this.script.declare(table, base);
    this.script.declare(table, chain);
    for (const entry of entriesOf(place, this.#change.family)) this.#ensureEntry(entry);
    const jump = ownerJump(place, key, rules);
    const present = jumpsTo(this.#tables, place, chain);
    const kept = present.find((other) => isSameRule(other, jump));
    if (!kept) this.script.add(table, '-A', base, ...jump);
    for (const other of present) if (other !== kept) this.script.add(table, '-D', base, ...other);
    for (const rule of rules) this.script.add(table, '-A', chain, ...rule);
  }

  #ensureEntry(entry: Entry): void {
    const [first, ...extra] = copiesOf(this.#tables, entry);
    if (!first) this.script.add(entry.table, '-I', entry.builtin, '1', ...entry.rule);
    for (const copy of extra) this.script.add(entry.table, '-D', entry.builtin, ...copy);
  }

  #removeAt(place: Place): void {
    const table = tableOf(place);
    const chains = [...new Set(this.#change.keys.map((key) => ownerChain(place, key)))];
    const jumps = chains.flatMap((chain) => jumpsTo(this.#tables, place, chain));
    const present = chains.filter((chain) => hasChain(this.#tables, table, chain));
    if (jumps.length + present.length === 0) return;
    const isLast = rulesOf(this.#tables, table, baseChain(place)).length === jumps.length;
    if (isLast) this.#detachBase(place);
    else for (const jump of jumps) this.script.add(table, '-D', baseChain(place), ...jump);
    this.#deleteChains(table, isLast ? [...present, baseChain(place)] : present);
  }

  #detachBase(place: Place): void {
    for (const entry of entriesOf(place, this.#change.family))
      for (const copy of copiesOf(this.#tables, entry))
        this.script.add(entry.table, '-D', entry.builtin, ...copy);
  }

  /** All are emptied before the first is deleted: iptables-nft 1.8.9 loses a `-D` that a `-F` of its chain follows. */
  #deleteChains(table: string, chains: string[]): void {
    const present = chains.filter((chain) => hasChain(this.#tables, table, chain));
    for (const chain of present) this.script.add(table, '-F', chain);
    for (const chain of present) this.script.add(table, '-X', chain);
  }
}

/** Input for `iptables-restore --noflush`; empty when the kernel is already as wanted. */
export function planChange(tables: Tables, change: Change): string {
  return new ChangePlan(tables, change).script.text;
}
