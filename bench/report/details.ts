/** Everything that a case measured, with its spread. */
import { type CaseOutcome, type Samples, type Subject, subjectLabels, type Work } from '../model';
import { formatSpread, formatTable } from './format';
import type { Measured } from './summary';

/** Subjects with any figure in the case, in the order of the labels. */
export function listSubjects(samples: Samples): Subject[] {
  const known = Object.keys(subjectLabels) as Subject[];
  return known.filter((subject) =>
    Object.values(samples).some((bySubject) => bySubject[subject] !== undefined),
  );
}

function row(work: Work, samples: Samples, subjects: readonly Subject[]): string[] {
  const cell = (subject: Subject) =>
    samples[work.id]?.[subject] === undefined ? '' : formatSpread(samples[work.id]![subject], work.unit);
  const runs = Math.max(0, ...Object.values(samples[work.id] ?? {}).map((values) => values.length));
  return [work.title, ...subjects.map(cell), String(runs)];
}

/** One section: what was done, and a row for each work. */
export function formatDetails(
  { definition, samples }: Measured,
  { failure }: Pick<CaseOutcome, 'failure'> = {},
): string[] {
  const subjects = listSubjects(samples);
  const head = ['work', ...subjects.map((subject) => subjectLabels[subject]), 'runs'];
  const rows = definition.works.map((work) => row(work, samples, subjects));
  return [
    `## ${definition.title}`,
    '',
    definition.method,
    '',
    ...(failure === undefined ? [] : [`**Ended early:** ${failure.replace(/\s+/g, ' ')}`, '']),
    ...formatTable(head, rows),
    '',
  ];
}
