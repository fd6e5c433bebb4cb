import { basename } from 'node:path';
import { defineCommand } from '../command';
import { describeFailure } from '../failure';
import { printJson, printTable } from '../table';
import { networkOptions } from './options';

export const networkLs = defineCommand({
  command: 'ls',
  aliases: ['list'],
  describe: 'List configured networks; files that are wrong are told on stderr',
  builder: (yargs) =>
    networkOptions(yargs)
      .option('json', { type: 'boolean', describe: 'one JSON array' })
      .example('$0 network ls', 'networks of /etc/cni/net.d')
      .example('$0 network ls --config-dir ./conf --json', 'for programs'),
  handler: async ({ configDir, json }) => {
    const { listKnownNetworks } = await import('./known-network');
    const files = listKnownNetworks(configDir);
    const networks = files.flatMap((found) =>
      'network' in found
        ? [
            {
              name: found.network.name,
              cniVersion: found.network.cniVersion,
              plugins: found.network.plugins.map(({ type }) => type),
              file: found.file,
            },
          ]
        : [],
    );
    for (const found of files) if ('error' in found) console.error(`tsnet: ${describeFailure(found.error)}`);
    if (json) return printJson(networks);
    const rows = networks.map((row) => [row.name, row.cniVersion, row.plugins.join(','), basename(row.file)]);
    printTable(['NAME', 'VERSION', 'PLUGINS', 'FILE'], rows);
  },
});
