/** Whether what was measured meets a target. */
import type { Case, Samples, Subject, Target, Work } from '../model';
import { median } from './statistics';

export interface Verdict {
  /** Ratio of medians, or the value itself where the limit is in the work's unit. */
  value: number;
  met: boolean;
}

export function getWork(works: readonly Work[], id: string): Work {
  const work = works.find((candidate) => candidate.id === id);
  if (!work) throw new Error(`get work: unknown work "${id}"`);
  return work;
}

export function referenceOf(work: Work): Subject {
  return work.reference ?? 'go';
}

function findMedian(samples: Samples, work: string, subject: Subject): number | undefined {
  const values = samples[work]?.[subject];
  return values && values.length > 0 ? median(values) : undefined;
}

/** Above 1 is worse than what it is compared with, whichever direction is better. */
export function costRatio(work: Work, ours: number, theirs: number): number {
  return work.better === 'higher' ? theirs / ours : ours / theirs;
}

/** Undefined when one side was not measured. */
export function judge(target: Target, { works }: Pick<Case, 'works'>, samples: Samples): Verdict | undefined {
  const work = getWork(works, target.work);
  const ours = findMedian(samples, target.work, target.subject);
  if (ours === undefined) return undefined;
  if (target.against === 'unit') return { value: ours, met: ours <= target.limit };
  const other = target.against ?? { subject: referenceOf(work) };
  const theirs = findMedian(samples, other.work ?? target.work, other.subject ?? target.subject);
  if (theirs === undefined) return undefined;
  const value = costRatio(work, ours, theirs);
  return { value, met: value <= target.limit };
}
