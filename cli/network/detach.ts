import { defineCommand } from '../command';
import { attachmentOptions } from './options';

export const detach = defineCommand({
  command: 'detach <network> <netns>',
  describe: 'Undo attach; also when the namespace or the configuration is gone',
  builder: (yargs) =>
    attachmentOptions(yargs)
      .example('$0 detach blue /run/netns/web', 'remove eth0 from "web" and all that belongs to it')
      .example('$0 detach blue web --ifname eth1', 'another interface'),
  handler: async (options) => {
    const { delNetwork } = await import('../../cni/runtime/network-runtime');
    const { getNetworkToDetach, openRuntime, requestOf } = await import('./access');
    const request = requestOf(options);
    await delNetwork(openRuntime(options), getNetworkToDetach(options, request), request);
  },
});
