/** How errors name what was to be done: the first half of `verb thing: cause`. Pure. */
import type { Change, TableRef } from './model';

/** `table inet tsnet`. */
export function tableName({ family, name }: TableRef): string {
  return `table ${family} ${JSON.stringify(name)}`;
}

/** `chain "input" of table inet "filter"`; for sets alike. */
export function objectName(kind: 'chain' | 'set', name: string, table: TableRef): string {
  return `${kind} ${JSON.stringify(name)} of ${tableName(table)}`;
}

function elementsName(change: Extract<Change, { set: unknown }>): string {
  return `elements of ${objectName('set', change.set.name, change.table)}`;
}

export function changeOperation(change: Change): string {
  if ('addTable' in change) return `add ${tableName(change.addTable)}`;
  if ('deleteTable' in change) return `delete ${tableName(change.deleteTable)}`;
  if ('addChain' in change) return `add ${objectName('chain', change.addChain, change.table)}`;
  if ('flushChain' in change) return `flush ${objectName('chain', change.flushChain, change.table)}`;
  if ('deleteChain' in change) return `delete ${objectName('chain', change.deleteChain, change.table)}`;
  if ('addRule' in change) return `add rule to ${objectName('chain', change.chain, change.table)}`;
  if ('deleteRule' in change)
    return `delete rule ${change.deleteRule} of ${objectName('chain', change.chain, change.table)}`;
  if ('addSet' in change) return `add ${objectName('set', change.addSet.name, change.table)}`;
  return `${'addElements' in change ? 'add' : 'delete'} ${elementsName(change)}`;
}
