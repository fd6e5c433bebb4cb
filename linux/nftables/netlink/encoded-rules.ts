/** Rules that are made again and again, such as those that a table always has: encoded once. */
import type { NewRule, SetSpec, TableRef } from '../model';
import { encodeRule } from './statement';

interface Place {
  table: TableRef;
  chain: string;
}

interface Encoded extends Place {
  /** The sets that the encoding went by. */
  sets: ReadonlyMap<string, SetSpec>;
  body: Buffer;
}

const known = new WeakMap<NewRule, Encoded>();

type FindSet = (name: string) => SetSpec;

function isSame({ table, chain, sets }: Encoded, place: Place, findSet: FindSet): boolean {
  if (table !== place.table || chain !== place.chain) return false;
  return [...sets].every(([name, spec]) => findSet(name) === spec);
}

/**
 * As {@link encodeRule}, for rules that do not change: the same rule in the same place, about the same sets, is not encoded
 * again.
 * @returns bytes not to be written to
 */
export function encodeRuleOnce(place: Place, rule: NewRule, findSet: FindSet): Buffer {
  const former = known.get(rule);
  if (former && isSame(former, place, findSet)) return former.body;
  const sets = new Map<string, SetSpec>();
  const body = encodeRule(place, rule, (name) => {
    const spec = findSet(name);
    sets.set(name, spec);
    return spec;
  });
  known.set(rule, { ...place, sets, body });
  return body;
}
