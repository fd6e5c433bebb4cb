/** Tables for people: columns aligned by spaces, header in bold on a terminal. Programs get `--json`. */

/** Plain text of `value` without what could move the cursor or start a new row. */
function cell(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: file and container names can hold them
  return value.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

function pad(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((text, column) => text.padEnd(widths[column]!))
    .join('   ')
    .trimEnd();
}

/**
 * @param header column names
 * @param rows as many cells as the header has
 * @returns lines joined by newlines, without one at the end
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { bold = false } = {},
): string {
  const cells = rows.map((row) => row.map(cell));
  const widths = header.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]!.length)),
  );
  const head = pad(header, widths);
  return [bold ? `\u001b[1m${head}\u001b[22m` : head, ...cells.map((row) => pad(row, widths))].join('\n');
}

/** Prints a table on stdout, coloured only on a terminal and never with NO_COLOR set (https://no-color.org). */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const bold = process.stdout.isTTY === true && !process.env.NO_COLOR;
  console.log(formatTable(header, rows, { bold }));
}

/** Prints what `--json` promises: one JSON document, indented. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}
