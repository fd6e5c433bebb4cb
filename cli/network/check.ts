import { defineCommand } from '../command';
import { attachmentOptions } from './options';

export const check = defineCommand({
  command: 'check <network> <netns>',
  describe: 'Have the plugins compare an attachment with what they made',
  builder: (yargs) =>
    attachmentOptions(yargs).example(
      '$0 check blue /run/netns/web',
      'silent and exit code 0 when all is in place',
    ),
  handler: async (options) => {
    const { checkNetwork } = await import('../../cni/runtime/network-runtime');
    const { getKnownNetwork } = await import('./known-network');
    const { openRuntime, requestOf } = await import('./access');
    const network = getKnownNetwork(options.configDir, options.network);
    await checkNetwork(openRuntime(options), network, requestOf(options));
  },
});
