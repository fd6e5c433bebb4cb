import { isAbsolute } from 'node:path';
import type { Argv } from 'yargs';
import { UsageError } from '../failure';

/** Where clients look for the agent. */
const defaultSocket = '/run/tsnet/agent.sock';

/** Kept well below what sun_path holds: the kernel cuts longer ones. */
const longestPath = 100;

/** @throws UsageError */
function parseSocket(path: string): string {
  if (!isAbsolute(path) || Buffer.byteLength(path) > longestPath)
    throw new UsageError(
      `option --socket: "${path}", expected an absolute path of at most ${longestPath} bytes`,
    );
  return path;
}

export function socketOption<Options>(yargs: Argv<Options>) {
  return yargs.option('socket', {
    type: 'string',
    requiresArg: true,
    default: defaultSocket,
    coerce: parseSocket,
    describe: 'path of the unix socket',
  });
}
