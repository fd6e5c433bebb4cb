/** The benchmark's main program: which cases, in which laboratory, and where the figures go. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { cases } from './cases/index';
import { Laboratory } from './laboratory';
import { describeMachine } from './machine';
import { help, type Options, parseOptions } from './options';
import { formatReport, formatTables, type Report } from './report/report';
import { runCases } from './runner';
import { openWorkplace } from './workplace';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const listing = cases.map(({ name, title }) => `${name.padEnd(14)}${title}\n`).join('');

/** Ends the hosts, the folder and the process when the user or the system says so. */
function endOnSignal(close: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      close();
      process.exit(130);
    });
}

async function measure(repo: string, options: Options): Promise<Report> {
  using workplace = await openWorkplace();
  const machine = describeMachine(repo);
  const began = performance.now();
  if (machine.load > cpus().length / 2)
    say(`the machine is busy (load ${machine.load.toFixed(2)}): figures will be off`);
  using laboratory = await Laboratory.open(repo, workplace.folder);
  endOnSignal(() => {
    laboratory[Symbol.dispose]();
    workplace[Symbol.dispose]();
  });
  for (const [subject, why] of laboratory.missing) say(`not measured: ${subject} (${why})`);
  const wanted = cases.filter(({ name }) => options.cases.length === 0 || options.cases.includes(name));
  const outcomes = await runCases(wanted, { laboratory, say, ...(options.runs && { runs: options.runs }) });
  const missing = Object.fromEntries(laboratory.missing);
  return { machine, outcomes, missing, seconds: (performance.now() - began) / 1000 };
}

/**
 * @param repo the folder of the checkout
 * @returns the exit code: 1 when a case failed, 2 when nothing could be measured
 */
export async function main(repo: string, argv: string[]): Promise<number> {
  try {
    const options = parseOptions(
      argv,
      cases.map(({ name }) => name),
    );
    if (options.isHelp || options.isListing) {
      process.stdout.write(options.isHelp ? `${help}\n${listing}` : listing);
      return 0;
    }
    const report = await measure(repo, options);
    if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
    if (options.writes) writeFileSync(join(repo, 'docs/benchmarks.md'), formatReport(report, cases));
    process.stdout.write(`${formatTables(report.outcomes, cases)}\n`);
    return report.outcomes.some(({ failure }) => failure !== undefined) ? 1 : 0;
  } catch (error) {
    say((error as Error).message);
    return 2;
  }
}
