/** Changes as the input of one `nft -f`, which the kernel takes as a whole or not at all. Pure. */
import type { BaseChain, Change } from '../model';
import { refuse, requireName } from '../validate';
import { declarationText, elementText, keyText } from './element';
import { tableText } from './grammar';
import { ruleText } from './statement';

function baseText({ type, hook, priority }: BaseChain): string {
  return ` { type ${type} hook ${hook} priority ${priority}; policy accept; }`;
}

type ChainChange = Extract<
  Change,
  { addChain: unknown } | { flushChain: unknown } | { deleteChain: unknown }
>;

function chainLines(change: ChainChange): string[] {
  const place = (name: string) => `chain ${tableText(change.table)} ${requireName('chain', name)}`;
  if ('addChain' in change)
    return [`add ${place(change.addChain)}${change.base ? baseText(change.base) : ''}`];
  if ('flushChain' in change) return [`flush ${place(change.flushChain)}`];
  return [`flush ${place(change.deleteChain)}`, `delete ${place(change.deleteChain)}`];
}

type RuleChange = Extract<Change, { chain: unknown }>;

function ruleLine(change: RuleChange): string {
  const place = `rule ${tableText(change.table)} ${requireName('chain', change.chain)}`;
  return 'addRule' in change
    ? `add ${place} ${ruleText(change.addRule)}`
    : `delete ${place} handle ${change.deleteRule}`;
}

type ElementChange = Extract<Change, { addElements: unknown } | { deleteElements: unknown }>;

function elementLines(change: ElementChange): string[] {
  const { set, table } = change;
  const verb = 'deleteElements' in change ? 'delete' : change.exclusive ? 'create' : 'add';
  const texts =
    'addElements' in change
      ? change.addElements.map((element) => elementText(set, element))
      : change.deleteElements.map(({ key }) => keyText(set, key));
  const place = `element ${tableText(table)} ${requireName('set', set.name)}`;
  return texts.length === 0 ? [] : [`${verb} ${place} { ${texts.join(', ')} }`];
}

function linesOf(change: Change): string[] {
  if ('addTable' in change) return [`add table ${tableText(change.addTable)}`];
  if ('deleteTable' in change) return [`delete table ${tableText(change.deleteTable)}`];
  if ('chain' in change) return [ruleLine(change)];
  if ('set' in change) return elementLines(change);
  if (!('addSet' in change)) return chainLines(change);
  const { addSet, table } = change;
  const kind = addSet.value ? 'map' : 'set';
  return [`add ${kind} ${tableText(table)} ${requireName('set', addSet.name)} ${declarationText(addSet)}`];
}

/** One command a line: nft names the line that failed. */
export interface Script {
  lines: string[];
  /** The change behind each line. */
  changes: Change[];
}

/** @throws SyscallError EINVAL for names and values that nft cannot take */
export function planScript(changes: readonly Change[]): Script {
  const commands = changes.flatMap((change) => linesOf(change).map((line) => ({ line, change })));
  for (const { line } of commands) if (line.includes('\n')) refuse('nft command', line, 'more than one line');
  return { lines: commands.map(({ line }) => line), changes: commands.map(({ change }) => change) };
}
