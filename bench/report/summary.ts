/** The tables of targets: our plugins against the reference, and whatever else a case promises. */
import { getWork, judge, referenceOf, type Verdict } from '../figures/verdict';
import { type Case, type Samples, type Subject, subjectLabels, type Target, type Work } from '../model';
import { formatMedian, formatNumber, formatTable, formatValue, notMeasured } from './format';

export interface Measured {
  definition: Case;
  samples: Samples;
}

type Ours = Extract<Subject, 'agent' | 'bundle'>;

const mark = ({ met }: Verdict): string => (met ? '✓' : '**✗ missed**');

/** Whether the target stands in the summary, which compares our plugins with the work's reference. */
function isPlain({ subject, against, work }: Target, { works }: Pick<Case, 'works'>): boolean {
  if (subject !== 'agent' && subject !== 'bundle') return false;
  return against === undefined || (against === 'unit' && getWork(works, work).reference !== undefined);
}

function formatLimit({ limit, against }: Target, work: Work): string {
  return against === 'unit' ? `≤ ${limit} ${work.unit ?? 'ms'}` : `≤ ${limit.toFixed(2)}`;
}

/** Median, ratio and target of one subject for one work. */
function cellsOf({ definition, samples }: Measured, work: Work, subject: Ours): string[] {
  const ours = formatMedian(samples[work.id]?.[subject], work.unit);
  const ratio = judge({ work: work.id, subject, limit: 0 }, definition, samples);
  const shown = ratio ? ratio.value.toFixed(3) : '–';
  const target = definition.targets.find(
    (one) => one.work === work.id && one.subject === subject && isPlain(one, definition),
  );
  if (!target) return [ours, shown, '–'];
  const verdict = judge(target, definition, samples);
  return [ours, shown, `${formatLimit(target, work)} ${verdict ? mark(verdict) : notMeasured}`];
}

function rowsOf(measured: Measured): string[][] {
  const { definition, samples } = measured;
  const promised = definition.works.filter((work) =>
    definition.targets.some((target) => target.work === work.id && isPlain(target, definition)),
  );
  return promised.map((work) => [
    work.title,
    formatMedian(samples[work.id]?.[referenceOf(work)], work.unit),
    formatMedian(samples[work.id]?.floor, work.unit),
    ...cellsOf(measured, work, 'agent'),
    ...cellsOf(measured, work, 'bundle'),
  ]);
}

export function formatSummary(measured: readonly Measured[]): string[] {
  const head = [
    'work',
    'reference',
    'kernel floor',
    'with agent',
    'ratio',
    'target',
    'without',
    'ratio',
    'target',
  ];
  return formatTable(head, measured.flatMap(rowsOf));
}

/** What the subject is compared with, in words. */
function formatAgainst(target: Target, work: Work, definition: Case): string {
  if (typeof target.against !== 'object') return subjectLabels[referenceOf(work)];
  const { work: other, subject = target.subject } = target.against;
  const title = other === undefined || other === work.id ? '' : `${getWork(definition.works, other).title}, `;
  return `${title}${subjectLabels[subject]}`;
}

function furtherRow({ definition, samples }: Measured, target: Target): string[] {
  const work = getWork(definition.works, target.work);
  const verdict = judge(target, definition, samples);
  const inUnit = target.against === 'unit';
  return [
    `${work.title}, ${subjectLabels[target.subject]}`,
    formatMedian(samples[work.id]?.[target.subject], work.unit),
    inUnit ? '–' : formatAgainst(target, work, definition),
    verdict ? (inUnit ? formatValue(verdict.value, work.unit) : formatNumber(verdict.value)) : '–',
    `${formatLimit(target, work)} ${verdict ? mark(verdict) : notMeasured}`,
  ];
}

/** Targets that are no comparison of ours with the reference. */
export function formatFurther(measured: readonly Measured[]): string[] {
  const rows = measured.flatMap((one) =>
    one.definition.targets
      .filter((target) => !isPlain(target, one.definition))
      .map((target) => furtherRow(one, target)),
  );
  return formatTable(['work', 'median', 'compared with', 'value', 'target'], rows);
}
