import type { Argv } from 'yargs';
import { UsageError } from './failure';

/** Milliseconds. @throws UsageError */
function parseSeconds(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`option --time: "${text}", expected a number of seconds`);
  return Number(text) * 1000;
}

/** `-t`: how long a container may take to end by itself; milliseconds. */
export function graceOption<T>(yargs: Argv<T>) {
  return yargs.option('time', {
    alias: 't',
    type: 'string',
    requiresArg: true,
    default: '10',
    coerce: parseSeconds,
    describe: 'seconds to wait before it is killed',
  });
}
