/** Containers that are there already, beside which one more is measured: bridge, masquerade, one published port each. */
import { bridgeConf, bridgeResult, dataDir, portmapConf } from './configurations';
import { cniCall, createNamespaces, type Engine } from './engine';
import { type PrivateHost, plainEnvironment } from './host/private-host';
import type { Chain } from './host/protocol';
import { type Layout, layouts, type Member, multiplyRules } from './replay';

/** The member with that number; numbers 0 to 9,999 are apart in every respect. */
export function memberOf(index: number): Member {
  const address = `10.77.${4 + (index >> 8)}.${index & 255}`;
  return { container: `m${index}`, address, port: 20_000 + 2 * index };
}

export function listMembers(from: number, to: number): Member[] {
  return Array.from({ length: to - from }, (_, index) => memberOf(from + index));
}

/** Both calls of a member's chain, in the order of the command. */
export function chainOf(engine: Engine, verb: 'ADD' | 'DEL', { container, address, port }: Member): Chain {
  const ports = [{ hostPort: port, containerPort: 80, protocol: 'tcp' as const }];
  const bridge = bridgeConf({ wanted: address });
  const portmap = portmapConf(ports, bridgeResult(container, [`${address}/16`]));
  const chain = [bridge, portmap].map((conf) => cniCall(engine, verb, { conf, container }));
  return verb === 'ADD' ? chain : chain.toReversed();
}

/** The kernel objects of members and nothing else, by one `ip -batch`. */
export async function createWires(host: PrivateHost, members: Member[]): Promise<void> {
  const input = members
    .map(
      ({ container }) =>
        `link add v${container} master bench0 up type veth peer name eth0 netns ${container}\n`,
    )
    .join('');
  await host.run([[{ argv: ['/usr/sbin/ip', '-batch', '-'], env: plainEnvironment, input }]]);
}

/** Repeats the rules of member 0 for others. */
export async function repeatRules(host: PrivateHost, layout: Layout, others: Member[]): Promise<void> {
  const rules = multiplyRules(await host.sh('iptables-save -t nat'), layout, [memberOf(0), ...others]);
  const restore = { argv: ['/usr/sbin/iptables-restore', '--noflush'], env: plainEnvironment, input: rules };
  await host.run([[restore]]);
}

/**
 * Puts up members as the reference leaves them, in seconds where the reference would take minutes: its rules for the first
 * member, its files and its links repeated with the names of the others.
 */
async function repeatReference({ host }: Engine, others: Member[]): Promise<void> {
  await repeatRules(host, layouts.go, others);
  await createWires(host, others);
  const files = others.map(
    ({ container, address }) => `printf '%s\\r\\neth0' ${container} > ${dataDir}/bench/${address}\n`,
  );
  await host.sh(files.join(''));
}

/** Makes members number `from` to `to` - 1; those before are there. */
export async function populate(engine: Engine, from: number, to: number): Promise<void> {
  const { host, subject } = engine;
  const members = listMembers(from, to);
  await createNamespaces(
    host,
    members.map(({ container }) => container),
  );
  // the first alone: it makes what the network shares
  const others = from === 0 ? members.slice(1) : members;
  if (from === 0) await host.run([chainOf(engine, 'ADD', memberOf(0))]);
  if (others.length === 0) return;
  if (subject === 'go') return repeatReference(engine, others);
  await host.run(
    others.map((member) => chainOf(engine, 'ADD', member)),
    8,
  );
}
