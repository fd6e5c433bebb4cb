import { defineCommand } from './command';
import { containersArgument, forEachContainer } from './each-container';

export const rm = defineCommand({
  command: 'rm <containers..>',
  describe: 'Remove containers with their network, cgroups and files',
  builder: (yargs) =>
    containersArgument(yargs)
      .option('force', { alias: 'f', type: 'boolean', default: false, describe: 'kill those that run' })
      .example('$0 rm -f web', 'kill and remove'),
  handler: async ({ containers, force }) => {
    const { requireStopped } = await import('../runtime/container/container');
    const { withLock } = await import('../runtime/container/lock');
    const { removeContainer } = await import('../runtime/container/remove');
    const { openContainerNetworks } = await import('./container-networks');
    const networks = await openContainerNetworks();
    await forEachContainer(containers, (record) =>
      withLock(record.id, async () => {
        if (!force) requireStopped(record);
        await removeContainer(record, networks);
      }),
    );
  },
});
