/** Hosts with a server in a container, a client beside it and one outside, and ports published in the way of each subject. */
import { bridgeConf, bridgeResult, type Publication, portmapConf, publications } from '../configurations';
import { listMembers, memberOf, repeatRules } from '../crowd';
import { cniCall, createContainers, type Engine, type Json } from '../engine';
import { type PrivateHost, plainEnvironment } from '../host/private-host';
import type { Laboratory } from '../laboratory';
import type { Subject } from '../model';
import { layouts } from '../replay';

const outsideOfHost = { host: '192.0.2.1', client: '192.0.2.2' };
const served = { address: '10.77.0.2', port: 80, hostPort: 50_001 };

/** Who sends (a namespace), and whereto (address and port). */
export interface Way {
  way: 'bridge' | 'published';
  from: string;
  to: [string, string];
}

export interface Path {
  subject: Subject;
  host: PrivateHost;
  /** The traffic program. */
  program: string;
  ways: Way[];
  /** Sees to it that so many ports are published, the server's after all others. */
  publish(total: number): Promise<void>;
}

const ways: Way[] = [
  { way: 'bridge', from: 'client', to: [served.address, String(served.port)] },
  { way: 'published', from: 'outside', to: [outsideOfHost.host, String(served.hostPort)] },
];

/** Keys of the configuration that choose our backend. */
function backendOf(subject: Subject): { backend?: string } {
  return subject === 'go' ? {} : { backend: subject };
}

async function attach(engine: Engine, program: string): Promise<void> {
  const { host } = engine;
  await createContainers(host, ['server', 'client', 'outside', memberOf(0).container]);
  for (const [container, wanted] of [
    ['server', served.address],
    ['client', '10.77.0.3'],
  ] as const) {
    const conf = bridgeConf({ wanted, ...backendOf(engine.subject) });
    await host.time(cniCall(engine, 'ADD', { conf, container }));
  }
  await host.sh(`
    ip link add outside0 up type veth peer name eth0 netns outside
    ip addr add ${outsideOfHost.host}/24 dev outside0
    ip -n outside addr add ${outsideOfHost.client}/24 dev eth0
    ip -n outside link set eth0 up`);
  const argv = ['/usr/sbin/ip', 'netns', 'exec', 'server', program, 'serve', String(served.port)];
  await host.start({ argv, env: plainEnvironment });
}

function portmapOf(
  subject: Subject,
  container: string,
  mapped: { address: string; ports: Publication[] },
): Json {
  const result = bridgeResult(container, [`${mapped.address}/16`]);
  return portmapConf(mapped.ports, result, backendOf(subject));
}

/** Publishes the ports `from` to `to` - 1 of others. */
type Grow = (from: number, to: number) => Promise<void>;

/** On nftables it is all the same to whom an element belongs: one container publishes all that are added. */
function growMap(engine: Engine): Grow {
  let grown = 0;
  return async (from, to) => {
    grown += 1;
    const container = `publisher${grown}`;
    await createContainers(engine.host, [container]);
    const ports = publications(to - from, 20_000 + 2 * from);
    const conf = portmapOf(engine.subject, container, { address: `10.77.1.${grown}`, ports });
    await engine.host.time(cniCall(engine, 'ADD', { conf, container }));
  };
}

/** Where a port is rules, the number of containers counts: the first publishes, its rules are repeated for the others. */
function growRules(engine: Engine): Grow {
  const first = memberOf(0);
  const layout = layouts[engine.subject === 'go' ? 'go' : 'iptables'];
  return async (from, to) => {
    if (from === 0) {
      const ports: Publication[] = [{ hostPort: first.port, containerPort: 80, protocol: 'tcp' }];
      const conf = portmapOf(engine.subject, first.container, { address: first.address, ports });
      await engine.host.time(cniCall(engine, 'ADD', { conf, container: first.container }));
    }
    await repeatRules(engine.host, layout, listMembers(Math.max(from, 1), to));
  };
}

function publisher(engine: Engine): Path['publish'] {
  const grow = engine.subject === 'nftables' ? growMap(engine) : growRules(engine);
  const ports: Publication[] = [{ hostPort: served.hostPort, containerPort: served.port, protocol: 'tcp' }];
  const call = {
    conf: portmapOf(engine.subject, 'server', { address: served.address, ports }),
    container: 'server',
  };
  let others = 0;
  return async (total) => {
    await engine.host.time(cniCall(engine, 'DEL', call));
    if (total - 1 > others) await grow(others, total - 1);
    others = total - 1;
    await engine.host.time(cniCall(engine, 'ADD', call));
  };
}

/** The reference, and ours on both backends; it does not matter to the path who made it, so the agent does if there is one. */
export async function openPaths(laboratory: Laboratory): Promise<Path[]> {
  const makers = { go: 'go', nftables: 'agent', iptables: 'agent' } as const;
  const paths: Path[] = [];
  for (const [subject, maker] of Object.entries(makers) as [keyof typeof makers, 'go' | 'agent'][]) {
    const opened = await laboratory.open(maker === 'agent' && !laboratory.has('agent') ? 'bundle' : maker);
    if (!opened) continue;
    const engine = { ...opened, subject };
    const program = laboratory.tool('traffic');
    await attach(engine, program);
    paths.push({ subject, host: engine.host, program, ways, publish: publisher(engine) });
  }
  return paths;
}
