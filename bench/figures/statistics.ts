/** Figures out of samples. Medians, because the machine has other things to do now and then. */

export interface Summary {
  median: number;
  min: number;
  max: number;
  runs: number;
}

/** @throws Error without values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('take median: no values');
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Undefined without values: not measured. */
export function summarize(values: readonly number[] | undefined): Summary | undefined {
  if (values === undefined || values.length === 0) return undefined;
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    runs: values.length,
  };
}
