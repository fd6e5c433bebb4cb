/** Command lines of iproute2 joined into batches (`ip -batch -`, `bridge -batch -`), one process for several. Pure. */
import { CommandError } from '../errors';
import type { CommandLine } from './render';

export interface Batch {
  command: CommandLine;
  /** Standard input; absent when the command runs by itself. */
  input?: string;
  /** How many command lines it stands for. */
  count: number;
}

interface Split {
  program: string;
  options: string[];
  words: string[];
}

/** A batch knows quotes, but no escapes: comments begin and lines are continued even within quotes. */
function quoteWord(word: string): string | undefined {
  if (/[#\\\n\0]/.test(word)) return undefined;
  if (/^[\w./:@%+-]+$/.test(word)) return word;
  if (!word.includes('"')) return `"${word}"`;
  return word.includes("'") ? undefined : `'${word}'`;
}

/** Options of the program stand before the object; a batch takes them for all its lines. */
function split([program, ...rest]: CommandLine): Split {
  const first = rest.findIndex((word) => !word.startsWith('-'));
  return { program, options: rest.slice(0, first), words: rest.slice(first) };
}

function batchLine(command: CommandLine): string | undefined {
  const { program, words } = split(command);
  if (program !== 'ip' && program !== 'bridge') return undefined;
  const quoted = words.map(quoteWord);
  return quoted.includes(undefined) ? undefined : quoted.join(' ');
}

/** Runs of neighbouring commands that one process can take. */
function groups(commands: readonly CommandLine[]): [CommandLine, ...CommandLine[]][] {
  const found: [CommandLine, ...CommandLine[]][] = [];
  for (const command of commands) {
    const last = found.at(-1);
    if (last && canJoin(last[0], command)) last.push(command);
    else found.push([command]);
  }
  return found;
}

function canJoin(one: CommandLine, other: CommandLine): boolean {
  return one[0] === other[0] && batchLine(one) !== undefined && batchLine(other) !== undefined;
}

function join(commands: [CommandLine, ...CommandLine[]]): Batch {
  const [first] = commands;
  if (commands.length === 1) return { command: first, count: 1 };
  const options = [...new Set(commands.flatMap((command) => split(command).options))];
  return {
    command: [first[0], ...options, '-batch', '-'],
    input: commands.map((command) => `${batchLine(command)}\n`).join(''),
    count: commands.length,
  };
}

/** In the order given. */
export function planBatches(commands: readonly CommandLine[]): Batch[] {
  return groups(commands).map(join);
}

/** How many lines of a failed batch had succeeded; iproute2 stops at the first that fails and prints its number. */
export function doneInBatch(error: unknown): number {
  const line =
    error instanceof CommandError ? /^Command failed -:(\d+)$/m.exec(error.stderr)?.[1] : undefined;
  return line === undefined ? 0 : Number(line) - 1;
}
