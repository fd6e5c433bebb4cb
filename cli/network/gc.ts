import type { CachedAttachment } from '../../cni/runtime/result-cache';
import type { Netns } from '../../linux/netns/netns';
import { defineCommand } from '../command';
import { printJson, printTable } from '../table';
import { networkOptions } from './options';

export const networkGc = defineCommand({
  command: 'gc <network>',
  describe:
    'Remove what dead containers left: attachments whose namespace is gone, and all that belongs to none',
  builder: (yargs) =>
    networkOptions(yargs)
      .positional('network', { type: 'string', demandOption: true, describe: 'name of a configured network' })
      .option('all', { type: 'boolean', describe: 'keep no attachment, the living ones neither' })
      .option('dry-run', { type: 'boolean', describe: 'only show which attachments would go' })
      .option('json', { type: 'boolean', describe: 'one JSON array' })
      .example('$0 network gc blue', 'after a crash or a restart of the host')
      .example('$0 network gc blue --dry-run', 'what would go'),
  handler: async (options) => {
    const { getKnownNetwork } = await import('./known-network');
    const { gcNetwork, listStale } = await import('../../cni/runtime/network-gc');
    const { openRuntime } = await import('./access');
    const { Netns } = await import('../../linux/netns/netns');
    const network = getKnownNetwork(options.configDir, options.network);
    const runtime = openRuntime(options);
    const attachments = listStale(runtime, network, []);
    const valid = options.all ? [] : attachments.filter(({ netns }) => isAlive(Netns, netns));
    const removed = options.dryRun
      ? listStale(runtime, network, valid)
      : await gcNetwork(runtime, network, valid);
    print(removed, options.json === true);
  },
});

/** A file that pinned a namespace before the host was restarted is an empty one after it. */
function isAlive(netns: typeof Netns, path: string): boolean {
  try {
    netns.open(path).close();
    return true;
  } catch {
    return false;
  }
}

function print(removed: readonly CachedAttachment[], json: boolean): void {
  const rows = removed.map(({ containerId, ifName, netns }) => ({ containerId, ifName, netns }));
  if (json) printJson(rows);
  else
    printTable(
      ['REMOVED', 'INTERFACE', 'NETNS'],
      rows.map((row) => [row.containerId, row.ifName, row.netns || '-']),
    );
}
