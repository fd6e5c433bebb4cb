import { defineCommand } from '../command';
import { attachmentOptions } from './options';

export const attach = defineCommand({
  command: 'attach <network> <netns>',
  describe: 'Attach a network namespace to a configured network; prints the result',
  builder: (yargs) =>
    attachmentOptions(yargs)
      .example('$0 attach blue /run/netns/web', 'an interface eth0 in "web", on network "blue"')
      .example(
        `$0 attach blue web --capability-args '{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]}'`,
        'with a published port',
      ),
  handler: async (options) => {
    const { addNetwork } = await import('../../cni/runtime/network-runtime');
    const { getKnownNetwork } = await import('./known-network');
    const { openRuntime, requestOf } = await import('./access');
    const { toJsonText } = await import('../../cni/json-text');
    const network = getKnownNetwork(options.configDir, options.network);
    const result = await addNetwork(openRuntime(options), network, requestOf(options));
    process.stdout.write(toJsonText(result));
  },
});
