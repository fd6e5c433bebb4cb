/** Figures as the report's cells show them. */
import { summarize } from '../figures/statistics';
import type { Unit } from '../model';

export const notMeasured = 'not measured';

/** About three significant digits, thousands apart. */
export function formatNumber(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))(?<!\..*)/g, ',');
}

export function formatValue(value: number, unit: Unit = 'ms'): string {
  return `${formatNumber(value)} ${unit}`;
}

/** The median with its unit. */
export function formatMedian(values: readonly number[] | undefined, unit?: Unit): string {
  const summary = summarize(values);
  return summary ? formatValue(summary.median, unit) : notMeasured;
}

/** The median, and from where to where the runs went. */
export function formatSpread(values: readonly number[] | undefined, unit?: Unit): string {
  const summary = summarize(values);
  if (!summary) return notMeasured;
  const median = formatValue(summary.median, unit);
  if (summary.runs === 1) return median;
  return `${median} (${formatNumber(summary.min)}…${formatNumber(summary.max)})`;
}

/** Cells of one row; a bar in a cell would end it. */
export function formatRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

export function formatTable(head: readonly string[], rows: readonly string[][]): string[] {
  return [formatRow(head), formatRow(head.map(() => '---')), ...rows.map(formatRow)];
}
