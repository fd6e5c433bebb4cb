import { defineCommand } from '../command';
import { UsageError } from '../failure';
import { networkOptions } from '../network/options';
import { bridgeNetwork, bridgeOption } from './options';

export const bridgeDel = defineCommand({
  command: 'del [target]',
  describe: 'Unplug TARGET from the bridge; without TARGET delete the bridge itself',
  builder: (yargs) =>
    networkOptions(bridgeOption(yargs))
      .positional('target', { type: 'string', describe: 'as given to "bridge add"' })
      .option('ifname', {
        type: 'string',
        requiresArg: true,
        describe: 'interface inside the target',
        default: 'eth0',
      })
      .option('force', { type: 'boolean', describe: 'delete a bridge that still has ports', default: false })
      .example('$0 bridge del web', 'undo "bridge add web"')
      .example('$0 bridge del --name br1', 'delete the bridge br1'),
  handler: async (options) => {
    if (options.target === undefined) return deleteBridge(options.name, options.force);
    const { resolveTarget } = await import('./target');
    const { delNetwork } = await import('../../cni/runtime/network-runtime');
    const { getNetworkToDetach, openRuntime } = await import('../network/access');
    const request = { ...(await resolveTarget(options.target)), ifName: options.ifname };
    await delNetwork(openRuntime(options), await networkOf(), request);

    /** As it was when the target was plugged in; with the defaults when nothing remembers it. */
    async function networkOf() {
      try {
        return getNetworkToDetach({ ...options, network: options.name }, request);
      } catch {
        return bridgeNetwork({ name: options.name, subnet: [], masquerade: true });
      }
    }
  },
});

/** @throws UsageError when it is no bridge, or in use */
async function deleteBridge(name: string, force: boolean): Promise<void> {
  const { openRtnl } = await import('../../linux/rtnl/open');
  using host = openRtnl();
  const bridge = host.findLink(name);
  if (!bridge) return;
  if (bridge.kind !== 'bridge')
    throw new UsageError(`--name "${name}": it is not a bridge but of kind "${bridge.kind}"`);
  const ports = host.listLinks().filter((link) => link.master === bridge.index);
  if (ports.length > 0 && !force) {
    const names = ports.map((port) => port.name).join(', ');
    throw new UsageError(`delete bridge "${name}": it has ports (${names}); unplug them or give --force`);
  }
  await host.deleteLink(bridge.index);
}
