/** One container on a masqueraded bridge: ADD and DEL, alone on the network and beside another. */
import { bridgeConf, subnet4 } from '../configurations';
import { cniCall, createContainers, type Engine } from '../engine';
import { type PrivateHost, plainEnvironment } from '../host/private-host';
import type { Command } from '../host/protocol';
import type { Bench, Case, Contender, Target } from '../model';

const conf = bridgeConf();

function calls(engine: Engine, container: string): { add: Command; del: Command } {
  return {
    add: cniCall(engine, 'ADD', { conf, container }),
    del: cniCall(engine, 'DEL', { conf, container }),
  };
}

/** Each contender with a container of its own; its works are named `<prefix>-add` and `<prefix>-del`. */
function contender(engine: Engine, prefix: string): Contender {
  const { add, del } = calls(engine, 'c1');
  return {
    subject: engine.subject,
    round: async () => ({
      [`${prefix}-add`]: await engine.host.time(add),
      [`${prefix}-del`]: await engine.host.time(del),
    }),
  };
}

/** The kernel objects of one container and nothing else: a veth pair, an address, a route, a masquerade rule. */
export function floorCommands(container: string, index: number): { add: Command[]; del: Command[] } {
  const address = `10.77.${index >> 8}.${index & 255}`;
  const veth = `veth${index}`;
  const env = plainEnvironment;
  const rule = (verb: string) =>
    `*nat\n${verb} POSTROUTING -s ${address}/32 ! -d ${subnet4} -j MASQUERADE\nCOMMIT\n`;
  const restore = { argv: ['/usr/sbin/iptables-restore', '--noflush'], env };
  return {
    add: [
      {
        argv: ['/usr/sbin/ip', '-batch', '-'],
        env,
        input: `link add ${veth} group 77 master bench0 up type veth peer name eth0 netns ${container}\n`,
      },
      {
        argv: ['/usr/sbin/ip', '-n', container, '-batch', '-'],
        env,
        input: `addr add ${address}/16 dev eth0\nlink set eth0 up\nroute add default via 10.77.0.1\n`,
      },
      { ...restore, input: rule('-A') },
    ],
    del: [
      { argv: ['/usr/sbin/ip', '-batch', '-'], env, input: `link del ${veth}\n` },
      { ...restore, input: rule('-D') },
    ],
  };
}

export async function prepareFloor(host: PrivateHost): Promise<void> {
  await host.sh('ip link add bench0 up type bridge; ip addr add 10.77.0.1/16 dev bench0');
}

async function floor(bench: Bench): Promise<Contender> {
  const host = await bench.laboratory.openHost();
  await createContainers(host, ['c1']);
  await prepareFloor(host);
  const { add, del } = floorCommands('c1', 2);
  return {
    subject: 'floor',
    round: async () => ({ 'alone-add': await host.time(...add), 'alone-del': await host.time(...del) }),
  };
}

function targets(prefix: string): Target[] {
  return [
    { work: `${prefix}-add`, subject: 'agent', limit: 0.2 },
    { work: `${prefix}-del`, subject: 'agent', limit: 0.3 },
    { work: `${prefix}-add`, subject: 'bundle', limit: 1.0 },
    { work: `${prefix}-del`, subject: 'bundle', limit: 0.7 },
  ];
}

export const bridge: Case = {
  name: 'bridge',
  title: 'bridge with ipMasq',
  method:
    'ADD and DEL of one container by the bridge plugin with host-local, first when no other container is on the network (which makes and removes what a network shares), then beside one. Floor: `ip -batch` on the host and in the container, one `iptables-restore`; DEL: `ip link del` and one `iptables-restore`.',
  works: [
    { id: 'alone-add', title: 'bridge + ipMasq: ADD' },
    { id: 'alone-del', title: 'bridge + ipMasq: DEL' },
    { id: 'beside-add', title: 'the same beside another container: ADD' },
    { id: 'beside-del', title: 'the same beside another container: DEL' },
  ],
  targets: [...targets('alone'), ...targets('beside')],
  async run(bench) {
    const engines = await bench.laboratory.openAll();
    for (const { host } of engines) await createContainers(host, ['c1', 'c2']);
    const alone = engines.map((engine) => contender(engine, 'alone'));
    await bench.compare({ contenders: [...alone, await floor(bench)], runs: 15, warmUp: 2 });
    for (const engine of engines) await engine.host.time(calls(engine, 'c2').add);
    await bench.compare({ contenders: engines.map((engine) => contender(engine, 'beside')), runs: 15 });
  },
};
