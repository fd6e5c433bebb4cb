import { defineCommand } from './command';

export const logs = defineCommand({
  command: 'logs <container>',
  describe: 'Show what a container has written',
  builder: (yargs) =>
    yargs
      .positional('container', { type: 'string', demandOption: true, describe: 'name or id' })
      .option('follow', { alias: 'f', type: 'boolean', default: false, describe: 'go on until it ends' })
      .example('$0 logs -f web', 'watch container "web"'),
  handler: async ({ container, follow }) => {
    const { copyLogs } = await import('../runtime/container/logs');
    const { getRecord } = await import('../runtime/store/container-store');
    await copyLogs(getRecord(container), [process.stdout, process.stderr], follow);
  },
});
