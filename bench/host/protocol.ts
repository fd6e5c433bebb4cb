/** What the stopwatch is told and what it answers; the form is described in stopwatch.c. */

export interface Command {
  /** The program's path is absolute. */
  argv: string[];
  env?: Record<string, string>;
  /** Text for standard input; none when absent. */
  input?: string;
}

/** Commands one after the other; the first failure ends it. */
export type Chain = Command[];

export interface Placed {
  command: Command;
  inputFile?: string;
  outputFile: string;
}

export interface Timing {
  /** Position of the command over all chains. */
  index: number;
  /** Milliseconds since the run began. */
  start: number;
  milliseconds: number;
  exit: number;
}

function field(letter: string, value: string): string {
  if (value.includes('\n')) throw new Error(`encode command: line feed in "${value}"`);
  return `${letter}${value}\n`;
}

export function encodeCommand({ command, inputFile, outputFile }: Placed, isLast: boolean): string {
  return [
    ...command.argv.map((argument) => field('a', argument)),
    ...Object.entries(command.env ?? {}).map(([name, value]) => field('e', `${name}=${value}`)),
    ...(inputFile === undefined ? [] : [field('i', inputFile)]),
    field('o', outputFile),
    isLast ? '.\n' : ';\n',
  ].join('');
}

/** @throws Error for a line that the stopwatch never writes */
export function decodeTiming(line: string): Timing {
  const fields = /^(\d+) (\d+) (\d+) (\d+)$/.exec(line);
  if (!fields) throw new Error(`decode timing: unexpected line "${line}"`);
  const [index, start, duration, exit] = fields.slice(1).map(Number) as [number, number, number, number];
  return { index, start: start / 1e6, milliseconds: duration / 1e6, exit };
}

/** Milliseconds of the whole run, when the line closes it. */
export function decodeTotal(line: string): number | undefined {
  const total = /^= (\d+)$/.exec(line);
  return total ? Number(total[1]) / 1e6 : undefined;
}
