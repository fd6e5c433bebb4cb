import { defineCommand } from './command';
import { containersArgument, forEachContainer } from './each-container';
import { graceOption } from './grace-option';

export const stop = defineCommand({
  command: 'stop <containers..>',
  describe: 'End containers: TERM, then KILL',
  builder: (yargs) =>
    graceOption(containersArgument(yargs)).example('$0 stop -t 2 web', 'kill after 2 seconds'),
  handler: async ({ containers, time }) => {
    const { stopContainer } = await import('../runtime/container/stop');
    await forEachContainer(containers, (record) => stopContainer(record, time));
  },
});
