/** The whole report: docs/benchmarks.md. Every figure in it comes from the samples of one run. */
import { getWork } from '../figures/verdict';
import type { Machine } from '../machine';
import { type Case, type CaseOutcome, type Subject, subjectLabels } from '../model';
import { formatDetails } from './details';
import { formatNumber, formatRow } from './format';
import { formatFurther, formatSummary, type Measured } from './summary';

export interface Report {
  machine: Machine;
  outcomes: CaseOutcome[];
  /** Why subjects were not measured. */
  missing: Partial<Record<Subject, string>>;
  /** Of the whole run. */
  seconds: number;
}

function head({ machine, missing, seconds }: Report): string[] {
  const facts: [string, string][] = [
    ['processor', machine.processor],
    ['memory', machine.memory],
    ['kernel', machine.kernel],
    ['Node.js', machine.node],
    ['peers', machine.peers.join(', ')],
    ['tsnet', machine.commit],
    ['date', `${machine.date}, ${formatNumber(seconds)} s`],
    ['load before', machine.load.toFixed(2)],
  ];
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`; not to be edited. Every figure is the median of one run of all cases on one machine, in which the',
    'subjects took turns; in brackets, from the least to the greatest. A ratio is that of medians, ours to the reference: what stands',
    'beside it is the target, and a target that is not met is marked.',
    '',
    ...[['machine', ''], ['---', '---'], ...facts].map(formatRow),
    '',
    ...Object.entries(missing).map(
      ([subject, why]) => `Not measured: ${subjectLabels[subject as Subject]} (${why}).\n`,
    ),
  ];
}

const subjects = [
  '- reference: the Go plugins of `containernetworking-plugins`, as Debian packages them',
  '- kernel floor: the same kernel objects by `ip`, `iptables-restore` or `nft`, with the start of these processes',
  '- with agent: what `tsnet install` installs, beside a running `tsnet agent`',
  '- without agent: the same without an agent: every call is a Node process of its own',
  '',
];

function measuredOf(outcomes: readonly CaseOutcome[], definitions: readonly Case[]): Measured[] {
  return outcomes.map(({ name, samples }) => {
    const definition = definitions.find((one) => one.name === name)!;
    for (const work of Object.keys(samples)) getWork(definition.works, work);
    return { definition, samples };
  });
}

/** Tables of the targets and of every case, without the head. */
export function formatTables(outcomes: readonly CaseOutcome[], definitions: readonly Case[]): string {
  const measured = measuredOf(outcomes, definitions);
  return [
    '## Targets',
    '',
    ...formatSummary(measured),
    '',
    ...formatFurther(measured),
    '',
    ...measured.flatMap((one, index) => formatDetails(one, outcomes[index])),
  ].join('\n');
}

export function formatReport(report: Report, definitions: readonly Case[]): string {
  return `${[...head(report), ...subjects].join('\n')}\n${formatTables(report.outcomes, definitions)}`;
}
