import { constants } from 'node:os';
import { defineCommand } from './command';
import { containersArgument, forEachContainer } from './each-container';
import { UsageError } from './failure';

/** `KILL`, `SIGKILL` or `9`. @throws UsageError */
function parseSignal(text: string): number {
  const byName = constants.signals[`SIG${text.toUpperCase().replace(/^SIG/, '')}` as NodeJS.Signals];
  const number = byName ?? (/^\d{1,2}$/.test(text) ? Number(text) : 0);
  if (number < 1 || number > 64)
    throw new UsageError(`option --signal: "${text}", expected a signal such as TERM`);
  return number;
}

export const kill = defineCommand({
  command: 'kill <containers..>',
  describe: 'Send a signal to the first process of containers',
  builder: (yargs) =>
    containersArgument(yargs)
      .option('signal', {
        alias: 's',
        type: 'string',
        requiresArg: true,
        default: 'KILL',
        coerce: parseSignal,
        describe: 'name or number',
      })
      .example('$0 kill -s HUP web', 'have a server read its configuration again'),
  handler: async ({ containers, signal }) => {
    const { signalContainer } = await import('../runtime/container/stop');
    await forEachContainer(containers, async (record) => signalContainer(record, signal));
  },
});
