import { defineCommand } from './command';
import { containersArgument } from './each-container';
import { printJson } from './table';

export const inspect = defineCommand({
  command: 'inspect <containers..>',
  describe: 'Describe containers as a JSON array',
  builder: (yargs) => containersArgument(yargs).example('$0 inspect web', 'state, network, mounts, limits'),
  handler: async ({ containers }) => {
    const { inspectContainer } = await import('../runtime/container/inspect');
    const { getRecord } = await import('../runtime/store/container-store');
    printJson(containers.map((reference) => inspectContainer(getRecord(reference))));
  },
});
