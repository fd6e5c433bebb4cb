import type { Conflist } from '../../cni/runtime/conflist';
import { defineCommand } from '../command';
import { type NetworkOptions, networkOptions } from '../network/options';
import { type BridgeOptions, bridgeNetwork, bridgeOptions } from './options';
import type { BridgeTarget } from './target';

interface AddOptions extends BridgeOptions, NetworkOptions {
  ifname: string;
  ip?: string[] | undefined;
  dryRun: boolean;
}

export const bridgeAdd = defineCommand({
  command: 'add [target]',
  describe: 'Make a bridge; with TARGET also plug that container, process or namespace into it',
  builder: (yargs) =>
    networkOptions(bridgeOptions(yargs))
      .positional('target', {
        type: 'string',
        describe: 'tsnet container, process id, or path or name of a network namespace',
      })
      .option('ifname', {
        type: 'string',
        requiresArg: true,
        describe: 'interface inside the target',
        default: 'eth0',
      })
      .option('ip', {
        type: 'string',
        requiresArg: true,
        array: true,
        nargs: 1,
        describe: 'this address rather than the next free one',
      })
      .option('dry-run', {
        type: 'boolean',
        describe: 'print the commands that would do the same',
        default: false,
      })
      .example('$0 bridge add', 'docker0 with 172.17.0.1/16')
      .example('$0 bridge add web', 'plug the container "web" into docker0')
      .example(
        '$0 bridge add --name br1 --subnet 10.1.0.0/24 --subnet fd01::/64 /run/netns/blue',
        'dual stack',
      )
      .example('$0 bridge add 4711 --dry-run', 'the ip, sysctl and iptables commands for process 4711'),
  handler: async (options) => {
    const network = await bridgeNetwork(options);
    const { resolveTarget } = await import('./target');
    const target = options.target === undefined ? undefined : await resolveTarget(options.target);
    if (options.dryRun) return printCommands(options, target);
    await (target ? plugIn(network, target, options) : makeBridge(options));
  },
});

async function printCommands(options: AddOptions, target: BridgeTarget | undefined): Promise<void> {
  const { planCommands } = await import('./dry-run');
  for (const line of await planCommands(options, target)) console.log(line);
}

/** The same parts that the plugin uses, without a container. */
async function makeBridge({ name, subnet }: BridgeOptions): Promise<void> {
  const { openRtnl } = await import('../../linux/rtnl/open');
  const { firstHostCidrOf } = await import('../../linux/address/cidr');
  const hostBridge = await import('../../plugins/parts/bridge/host-bridge');
  const bridgeGateway = await import('../../plugins/parts/bridge/gateway');
  using host = openRtnl();
  const bridge = hostBridge.ensure(host, { bridge: name, mtu: 0, promiscMode: false, vlanFiltering: false });
  bridgeGateway.ensure(host, bridge, subnet.map(firstHostCidrOf));
}

async function plugIn(network: Conflist, target: BridgeTarget, options: AddOptions): Promise<void> {
  const { addNetwork } = await import('../../cni/runtime/network-runtime');
  const { openRuntime } = await import('../network/access');
  const { toJsonText } = await import('../../cni/json-text');
  const requested: [string, string][] = options.ip ? [['IP', options.ip.join(',')]] : [];
  const result = await addNetwork(openRuntime(options), network, {
    ...target,
    ifName: options.ifname,
    cniArgs: [['IgnoreUnknown', '1'], ...requested],
  });
  process.stdout.write(toJsonText(result));
}
