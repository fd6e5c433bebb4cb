/** Reads what iptables-save prints. Pure. */
import type { Words } from './iptables-layout';

/** Chain → its rules in order, without `-A chain`. */
export type Chains = Map<string, Words[]>;
/** Table → chains. Tables that the kernel has not set up are absent. */
export type Tables = Map<string, Chains>;

/** Splits a line at blanks; double quotes group, a backslash within them escapes. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => plain ?? quoted!.replace(/\\(.)/g, '$1'),
  );
}

export function parseSave(text: string): Tables {
  const tables: Tables = new Map();
  let chains: Chains = new Map();
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      chains = new Map();
      tables.set(line.slice(1), chains);
    } else if (line.startsWith(':')) {
      chains.set(line.slice(1).split(' ')[0]!, []);
    } else if (line.startsWith('-A ')) {
      const [, chain, ...rule] = splitWords(line);
      chains.get(chain!)?.push(rule);
    }
  }
  return tables;
}

/** What follows a flag such as `-j` or `--comment`. */
export function optionOf(rule: Words, ...flags: string[]): string | undefined {
  const at = rule.findIndex((word) => flags.includes(word));
  return at === -1 ? undefined : rule[at + 1];
}

export function rulesOf(tables: Tables, table: string, chain: string): readonly Words[] {
  return tables.get(table)?.get(chain) ?? [];
}

export function hasChain(tables: Tables, table: string, chain: string): boolean {
  return tables.get(table)?.has(chain) ?? false;
}
