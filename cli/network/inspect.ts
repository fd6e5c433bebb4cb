import type { CachedAttachment } from '../../cni/runtime/result-cache';
import { defineCommand } from '../command';
import { printJson, printTable } from '../table';
import { networkOptions } from './options';

export const networkInspect = defineCommand({
  command: 'inspect <network>',
  describe: 'Show a network and its attachments, whichever runtime made them',
  builder: (yargs) =>
    networkOptions(yargs)
      .positional('network', { type: 'string', demandOption: true, describe: 'name of a configured network' })
      .option('json', { type: 'boolean', describe: 'one JSON object with configuration and results' })
      .example('$0 network inspect blue', 'configuration in short, one line for each attachment')
      .example('$0 network inspect blue --json', 'everything'),
  handler: async ({ configDir, cacheDir, network: name, json }) => {
    const { getKnownNetworkFile } = await import('./known-network');
    const { ResultCache } = await import('../../cni/runtime/result-cache');
    const { file, network } = getKnownNetworkFile(configDir, name);
    const attachments = new ResultCache(cacheDir).list().filter((entry) => entry.networkName === name);
    const { text: _text, ...conflist } = network;
    if (json) return printJson({ ...conflist, file, attachments: attachments.map(describe) });
    console.log(`Name:     ${name}\nVersion:  ${network.cniVersion}\nFile:     ${file}`);
    console.log(`Plugins:  ${network.plugins.map(({ type }) => type).join(', ')}\n`);
    printTable(['CONTAINER', 'INTERFACE', 'ADDRESSES', 'NETNS'], attachments.map(rowOf));
  },
});

/** The attachment without its copy of the configuration. */
function describe({ config: _config, ...attachment }: CachedAttachment) {
  return { ...attachment, addresses: listAddresses(attachment.result) };
}

function rowOf(attachment: CachedAttachment): string[] {
  const { containerId, ifName, netns, result } = attachment;
  return [containerId, ifName, listAddresses(result).join(',') || '-', netns || '-'];
}

/** Addresses of a result of any version. */
export function listAddresses(result: CachedAttachment['result']): string[] {
  const legacy = [result.ip4, result.ip6].map((ip) => (ip as { ip?: unknown } | undefined)?.ip);
  const ips = Array.isArray(result.ips) ? result.ips : [];
  const current = ips.map((ip) => (ip as { address?: unknown } | null)?.address);
  return [...legacy, ...current].filter((address) => typeof address === 'string');
}
