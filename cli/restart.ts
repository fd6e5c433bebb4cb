import { defineCommand } from './command';
import { containersArgument, forEachContainer } from './each-container';
import { graceOption } from './grace-option';
import { startDetached } from './start';

export const restart = defineCommand({
  command: 'restart <containers..>',
  describe: 'Stop and start containers; those that joined their sandbox stay connected',
  builder: (yargs) => graceOption(containersArgument(yargs)).example('$0 restart web', 'stop, then start'),
  handler: async ({ containers, time }) => {
    const { stopContainer } = await import('../runtime/container/stop');
    await forEachContainer(containers, async (record) => {
      await stopContainer(record, time);
      await startDetached(record);
    });
  },
});
