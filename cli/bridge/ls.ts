import { defineCommand } from '../command';
import { printJson, printTable } from '../table';

export const bridgeLs = defineCommand({
  command: 'ls',
  aliases: ['list'],
  describe: 'List the bridges of this host with their addresses and ports',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', describe: 'one JSON array' })
      .example('$0 bridge ls', 'a line for each bridge')
      .example('$0 bridge ls --json', 'for programs'),
  handler: async ({ json }) => {
    const bridges = await listBridges();
    if (json) return printJson(bridges);
    const rows = bridges.map(({ name, state, addresses, ports }) => [
      name,
      state,
      addresses.join(','),
      ports.map(describePort).join(','),
    ]);
    printTable(['NAME', 'STATE', 'ADDRESSES', 'PORTS'], rows);
  },
});

interface Port {
  name: string;
  /** `network/container/interface` of an attachment; empty for what others plugged in. */
  attachment: string;
}

interface Bridge {
  name: string;
  state: string;
  mac: string;
  mtu: number;
  addresses: string[];
  ports: Port[];
}

async function listBridges(): Promise<Bridge[]> {
  const { openRtnl } = await import('../../linux/rtnl/open');
  const { attachmentOf } = await import('../../plugins/parts/ownership');
  using host = openRtnl();
  const links = host.listLinks();
  const addresses = host.listAddresses().filter(({ scope }) => scope !== 'link');
  return links
    .filter(({ kind }) => kind === 'bridge')
    .map(({ index, name, operState, mac, mtu }) => ({
      name,
      state: operState,
      mac,
      mtu,
      addresses: addresses.filter((entry) => entry.index === index).map(({ address }) => address),
      ports: links
        .filter(({ master }) => master === index)
        .map((port) => ({ name: port.name, attachment: attachmentOf(port) })),
    }));
}

/** Container ids as people know them: by their first twelve digits. */
function describePort({ name, attachment }: Port): string {
  const [, containerId, ifName] = attachment.split('/');
  return containerId ? `${name}(${containerId.slice(0, 12)}/${ifName ?? ''})` : name;
}
