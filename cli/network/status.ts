import type { Conflist } from '../../cni/runtime/conflist';
import type { NetworkRuntime } from '../../cni/runtime/network-runtime';
import { defineCommand } from '../command';
import { describeFailure, ExitCode } from '../failure';
import { printJson, printTable } from '../table';
import { networkOptions } from './options';

interface NetworkStatus {
  name: string;
  status: 'ready' | 'not ready' | 'unknown';
  reason: string;
}

export const networkStatus = defineCommand({
  command: 'status [network..]',
  describe: 'Ask the plugins whether networks can take containers; exit code 1 when one cannot',
  builder: (yargs) =>
    networkOptions(yargs)
      .positional('network', {
        type: 'string',
        array: true,
        describe: 'names; all networks when none is given',
      })
      .option('json', { type: 'boolean', describe: 'one JSON array' })
      .example('$0 network status', 'all networks')
      .example('$0 network status blue', 'one'),
  handler: async (options) => {
    const { listNetworks } = await import('../../cni/runtime/conflist-folder');
    const { getKnownNetwork } = await import('./known-network');
    const { openRuntime } = await import('./access');
    const runtime = openRuntime(options);
    const networks = options.network?.length
      ? options.network.map((name) => getKnownNetwork(options.configDir, name))
      : listNetworks(options.configDir).flatMap((found) => ('network' in found ? [found.network] : []));
    const statuses: NetworkStatus[] = [];
    for (const network of networks) statuses.push(await askStatus(runtime, network));
    if (statuses.some(({ status }) => status === 'not ready')) process.exitCode = ExitCode.failure;
    if (options.json) return printJson(statuses);
    printTable(
      ['NAME', 'STATUS', 'REASON'],
      statuses.map(({ name, status, reason }) => [name, status, reason]),
    );
  },
});

async function askStatus(runtime: NetworkRuntime, network: Conflist): Promise<NetworkStatus> {
  const { statusNetwork } = await import('../../cni/runtime/network-gc');
  const { name, cniVersion } = network;
  try {
    if (await statusNetwork(runtime, network)) return { name, status: 'ready', reason: '' };
    return { name, status: 'unknown', reason: `version ${cniVersion} has no STATUS` };
  } catch (error) {
    return { name, status: 'not ready', reason: describeFailure(error) };
  }
}
