/** Interleaving: what disturbs the machine disturbs every subject alike. */
import type { Comparison, Samples, Subject } from './model';

export function addSample(samples: Samples, subject: Subject, values: Record<string, number>): void {
  for (const [work, value] of Object.entries(values)) {
    samples[work] ??= {};
    const bySubject = samples[work];
    bySubject[subject] ??= [];
    bySubject[subject].push(value);
  }
}

/** The order of a round: each contender begins in turn. */
export function rotate<T>(items: readonly T[], by: number): T[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Runs the rounds, after those that warm up; adds what they give to `samples`. */
export async function compare({ contenders, runs, warmUp = 1 }: Comparison, samples: Samples): Promise<void> {
  for (let round = -warmUp; round < runs; round++) {
    for (const contender of rotate(contenders, round + warmUp)) {
      const values = await contender.round();
      if (round >= 0) addSample(samples, contender.subject, values);
    }
  }
}
