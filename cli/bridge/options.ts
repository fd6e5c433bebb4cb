/** What the `bridge` commands are told: which bridge, which addresses; and the network that follows from it. */
import type { Argv } from 'yargs';
import type { Conflist } from '../../cni/runtime/conflist';
import { hasCode } from '../../linux/errors';
import { UsageError } from '../failure';

export interface BridgeOptions {
  name: string;
  /** CIDRs, one per family. */
  subnet: string[];
  masquerade: boolean;
}

const defaults = { name: 'docker0', subnet: '172.17.0.0/16' } as const;

export function bridgeOption<T>(yargs: Argv<T>) {
  return yargs.option('name', {
    type: 'string',
    requiresArg: true,
    describe: 'name of the bridge, and of its network in the address store',
    default: defaults.name as string,
  });
}

export function bridgeOptions<T>(yargs: Argv<T>) {
  return bridgeOption(yargs)
    .option('subnet', {
      type: 'string',
      requiresArg: true,
      array: true,
      nargs: 1,
      describe: 'network in CIDR form; again for a second family. Its first address is the gateway',
      default: [defaults.subnet] as string[],
    })
    .option('masquerade', {
      type: 'boolean',
      describe: 'hide containers behind the host; --no-masquerade: do not',
      default: true,
    });
}

/** The bridge plugin's configuration: the one of conf/examples/docker0.conflist, for this bridge and these subnets. */
export function bridgePluginConf({ name, subnet, masquerade }: BridgeOptions) {
  return {
    type: 'bridge',
    bridge: name,
    isDefaultGateway: true,
    ipMasq: masquerade,
    hairpinMode: true,
    ipam: { type: 'host-local', ranges: subnet.map((cidr) => [{ subnet: cidr }]) },
  };
}

/** @throws UsageError when a subnet is none, before anything is touched */
export async function bridgeNetwork(options: BridgeOptions): Promise<Conflist> {
  await verifySubnets(options.subnet);
  const { parseNetwork } = await import('../../cni/runtime/conflist');
  const text = JSON.stringify({
    cniVersion: '1.0.0',
    name: options.name,
    plugins: [bridgePluginConf(options)],
  });
  const { loadsFolder: _loadsFolder, ...network } = parseNetwork(text);
  return network;
}

async function verifySubnets(subnets: string[]): Promise<void> {
  const { canonicalCidr, familyOf, networkOf } = await import('../../linux/address/cidr');
  for (const subnet of subnets) {
    try {
      if (networkOf(subnet) === canonicalCidr(subnet)) continue;
    } catch (error) {
      if (!hasCode(error, 'EINVAL')) throw error;
      throw new UsageError(`--subnet ${JSON.stringify(subnet)}: expected a network such as 172.17.0.0/16`);
    }
    throw new UsageError(
      `--subnet ${JSON.stringify(subnet)}: it has host bits; the network is ${networkOf(subnet)}`,
    );
  }
  if (new Set(subnets.map(familyOf)).size < subnets.length) {
    throw new UsageError('--subnet: expected at most one per family');
  }
}
