/** The command line of `npm run bench`. */
import { parseArgs } from 'node:util';

export interface Options {
  /** Names of cases; all when empty. */
  cases: string[];
  /** Rounds of every comparison; each case's own number when absent. */
  runs?: number;
  /** Where the samples go as JSON. */
  json?: string;
  isListing: boolean;
  /** Whether a complete run replaces docs/benchmarks.md. */
  writes: boolean;
  isHelp: boolean;
}

export const help = `npm run bench                    all cases; writes docs/benchmarks.md
npm run bench -- CASE...         some cases; prints their tables
  --runs N      rounds of each comparison (and, below 5, a tenth of the 20,000 pairs)
  --json FILE   the samples
  --list        the cases
  --no-write    leave docs/benchmarks.md as it is
`;

function parseRuns(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`parse --runs: expected 1 to 9999, got "${text}"`);
  return Number(text);
}

/** @throws Error for unknown options and cases */
export function parseOptions(argv: string[], known: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      json: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      'no-write': { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`parse cases: no case "${unknown}" (${known.join(', ')})`);
  return {
    cases: positionals,
    ...(values.runs !== undefined && { runs: parseRuns(values.runs) }),
    ...(values.json !== undefined && { json: values.json }),
    isListing: values.list,
    isHelp: values.help,
    writes: positionals.length === 0 && !values['no-write'],
  };
}
