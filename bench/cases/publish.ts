/** One port more where 5,000 are published. */
import { bridgeResult, portmapConf, publications } from '../configurations';
import { cniCall, createContainers, type Engine } from '../engine';
import { type PrivateHost, plainEnvironment } from '../host/private-host';
import type { Command } from '../host/protocol';
import type { Case, Contender } from '../model';
import { floorElements, prepareFloor } from './portmap';

const existing = publications(5_000);
const further = publications(1, 40_001);

/** What Docker writes for one port: where it leads, and that it may pass. */
function dockerRules(port: number): { table: string; rule: string }[] {
  return [
    {
      table: 'nat',
      rule: `DOCKER ! -i docker0 -p tcp --dport ${port} -j DNAT --to-destination 10.77.0.2:80`,
    },
    {
      table: 'filter',
      rule: `DOCKER -d 10.77.0.2/32 ! -i docker0 -o docker0 -p tcp --dport ${port} -j ACCEPT`,
    },
  ];
}

function restoreText(): string {
  const rules = existing.flatMap(({ hostPort }) => dockerRules(hostPort));
  const table = (name: string) => {
    const own = rules.filter((one) => one.table === name).map(({ rule }) => `-A ${rule}`);
    return `*${name}\n:DOCKER - [0:0]\n${own.join('\n')}\nCOMMIT\n`;
  };
  return table('nat') + table('filter');
}

function iptables(verb: string, { table, rule }: { table: string; rule: string }): Command {
  return {
    argv: ['/usr/sbin/iptables', '--wait', '-t', table, verb, ...rule.split(' ')],
    env: plainEnvironment,
  };
}

/** Docker asks for a rule (exit status 1: not there) before it appends it, in both tables. */
async function docker(host: PrivateHost): Promise<Contender> {
  await host.time({ argv: ['/usr/sbin/iptables-restore'], env: plainEnvironment, input: restoreText() });
  const rules = dockerRules(further[0]!.hostPort);
  const adds = rules.flatMap((rule) => [[iptables('-C', rule)], [iptables('-A', rule)]]);
  return {
    subject: 'docker',
    round: async () => {
      const { timings } = await host.tryRun(adds);
      const del = await host.time(...rules.map((rule) => iptables('-D', rule)));
      return { add: timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0), del };
    },
  };
}

async function portmap(engine: Engine): Promise<Contender> {
  await createContainers(engine.host, ['c1', 'c2']);
  const call = (verb: 'ADD' | 'DEL', container: string, ports: typeof existing) => {
    const prevResult = bridgeResult(container, [container === 'c1' ? '10.77.0.2/16' : '10.77.0.3/16']);
    return cniCall(engine, verb, { conf: portmapConf(ports, prevResult), container });
  };
  await engine.host.time(call('ADD', 'c1', existing));
  return {
    subject: engine.subject,
    round: async () => ({
      add: await engine.host.time(call('ADD', 'c2', further)),
      del: await engine.host.time(call('DEL', 'c2', further)),
    }),
  };
}

async function floor(host: PrivateHost): Promise<Contender> {
  await prepareFloor(host);
  await host.time(floorElements('add', existing));
  return {
    subject: 'floor',
    round: async () => ({
      add: await host.time(floorElements('add', further)),
      del: await host.time(floorElements('delete', further)),
    }),
  };
}

export const publish: Case = {
  name: 'publish',
  title: 'One port more at 5,000 published',
  method:
    "portmap publishes one port of a container where another has 5,000. Docker's way: four runs of `iptables`, -C and -A in the tables nat and filter, on 5,000 rules each. Floor: one `nft -f`. The reference plugin is left out: it would need minutes to publish 5,000.",
  works: [
    { id: 'add', title: 'one port more at 5,000 published: ADD', reference: 'docker' },
    { id: 'del', title: 'one port more at 5,000 published: DEL', reference: 'docker' },
  ],
  targets: [{ work: 'add', subject: 'agent', limit: 3, against: 'unit' }],
  async run({ laboratory, compare }) {
    const contenders = [await docker(await laboratory.openHost()), await floor(await laboratory.openHost())];
    for (const engine of await laboratory.openAll(['agent', 'bundle']))
      contenders.push(await portmap(engine));
    await compare({ contenders, runs: 11 });
  },
};
