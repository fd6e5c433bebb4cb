/** Published ports of one container, both address families: the portmap call alone, after the bridge in its chain. */
import { bridgeConf, bridgeResult, type Publication, portmapConf, publications } from '../configurations';
import { cniCall, createContainers, type Engine } from '../engine';
import { type PrivateHost, plainEnvironment } from '../host/private-host';
import type { Command } from '../host/protocol';
import type { Case, Contender } from '../model';

const sizes = [1, 8, 100];
const runs: Record<number, number> = { 1: 15, 8: 11, 100: 5 };

/** Attaches the container that ports are published of. */
async function attach(engine: Engine): Promise<void> {
  await createContainers(engine.host, ['c1']);
  const conf = bridgeConf({ dualStack: true });
  await engine.host.time(cniCall(engine, 'ADD', { conf, container: 'c1' }));
}

function contender(engine: Engine, size: number): Contender {
  const prevResult = bridgeResult('c1', ['10.77.0.2/16', 'fd77::2/64']);
  const conf = portmapConf(publications(size), prevResult);
  const { host } = engine;
  return {
    subject: engine.subject,
    round: async () => ({
      [`${size}-add`]: await host.time(cniCall(engine, 'ADD', { conf, container: 'c1' })),
      [`${size}-del`]: await host.time(cniCall(engine, 'DEL', { conf, container: 'c1' })),
    }),
  };
}

const floorTable = `
table inet floor {
  map ports4 { type inet_proto . inet_service : ipv4_addr . inet_service; }
  map ports6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
  chain prerouting {
    type nat hook prerouting priority dstnat;
    dnat ip to meta l4proto . th dport map @ports4
    dnat ip6 to meta l4proto . th dport map @ports6
  }
}
`;

export const nft = (input: string): Command => ({
  argv: ['/usr/sbin/nft', '-f', '-'],
  env: plainEnvironment,
  input,
});

/** The ports as elements of two maps, added or deleted by one `nft -f`. */
export function floorElements(verb: 'add' | 'delete', ports: Publication[]): Command {
  const elements = (address: string) =>
    ports
      .map(({ hostPort, containerPort }) => `tcp . ${hostPort} : ${address} . ${containerPort}`)
      .join(', ');
  return nft(
    `${verb} element inet floor ports4 { ${elements('10.77.0.2')} }\n${verb} element inet floor ports6 { ${elements('fd77::2')} }\n`,
  );
}

export async function prepareFloor(host: PrivateHost): Promise<void> {
  await host.time(nft(floorTable));
}

function floor(host: PrivateHost, size: number): Contender {
  const ports = publications(size);
  return {
    subject: 'floor',
    round: async () => ({
      [`${size}-add`]: await host.time(floorElements('add', ports)),
      [`${size}-del`]: await host.time(floorElements('delete', ports)),
    }),
  };
}

const ports = (size: number) => `portmap, ${size} port${size === 1 ? '' : 's'}`;

export const portmap: Case = {
  name: 'portmap',
  title: 'portmap, IPv4 and IPv6',
  method:
    'ADD and DEL of the portmap plugin alone, with the result of the bridge before it. Every other port is published, so that no two are one range. Floor: one `nft -f` with an element for each port and family.',
  works: sizes.flatMap((size) => [
    { id: `${size}-add`, title: `${ports(size)}: ADD` },
    { id: `${size}-del`, title: `${ports(size)}: DEL` },
  ]),
  targets: [
    { work: '8-add', subject: 'agent', limit: 0.05 },
    { work: '8-del', subject: 'agent', limit: 0.1 },
    { work: '8-add', subject: 'bundle', limit: 0.4 },
    { work: '8-del', subject: 'bundle', limit: 0.6 },
    { work: '100-add', subject: 'agent', limit: 0.02 },
    { work: '100-del', subject: 'agent', limit: 0.08 },
    { work: '100-add', subject: 'bundle', limit: 0.05 },
    { work: '100-del', subject: 'bundle', limit: 0.4 },
  ],
  async run({ laboratory, compare }) {
    const engines = await laboratory.openAll();
    for (const engine of engines) await attach(engine);
    const host = await laboratory.openHost();
    await prepareFloor(host);
    for (const size of sizes) {
      const contenders = [...engines.map((engine) => contender(engine, size)), floor(host, size)];
      await compare({ contenders, runs: runs[size]! });
    }
  },
};
