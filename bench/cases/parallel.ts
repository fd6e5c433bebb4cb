/** Many containers at once: 100 ADDs and 100 DELs, sixteen at a time. */
import { bridgeConf } from '../configurations';
import { cniCall, createContainers, type Engine, type Verb } from '../engine';
import { type PrivateHost, plainEnvironment } from '../host/private-host';
import type { Chain } from '../host/protocol';
import type { Case, Contender } from '../model';
import { floorCommands, prepareFloor } from './bridge';

const limit = 16;
const containers = Array.from({ length: 100 }, (_, index) => `p${index}`);

function calls(engine: Engine, verb: Verb): Chain[] {
  return containers.map((container) => [cniCall(engine, verb, { conf: bridgeConf(), container })]);
}

function contender(engine: Engine): Contender {
  const { host } = engine;
  return {
    subject: engine.subject,
    round: async () => ({
      add: (await host.run(calls(engine, 'ADD'), limit)).total,
      del: (await host.run(calls(engine, 'DEL'), limit)).total,
    }),
  };
}

/** The deletes are one `ip link del group` and one `iptables-restore`: the kernel waits once. */
function floor(host: PrivateHost): Contender {
  const commands = containers.map((container, index) => floorCommands(container, index + 2));
  const rules = commands.map(({ del }) => del[1]!.input!.split('\n')[1]).join('\n');
  const del: Chain = [
    { argv: ['/usr/sbin/ip', 'link', 'del', 'group', '77'], env: plainEnvironment },
    { ...commands[0]!.del[1]!, input: `*nat\n${rules}\nCOMMIT\n` },
  ];
  return {
    subject: 'floor',
    round: async () => {
      const add = await host.run(
        commands.map((command) => command.add),
        limit,
      );
      return { add: add.total, del: await host.time(...del) };
    },
  };
}

export const parallel: Case = {
  name: 'parallel',
  title: '100 containers, 16 at a time',
  method:
    'bridge with ipMasq for 100 containers, sixteen calls at a time; the time until all are done. Floor: the processes of the bridge case, sixteen at a time; the deletes as one link group and one `iptables-restore`.',
  works: [
    { id: 'add', title: '100 ADDs, 16 at a time' },
    { id: 'del', title: '100 DELs, 16 at a time' },
  ],
  targets: [
    { work: 'add', subject: 'agent', limit: 0.25 },
    { work: 'del', subject: 'agent', limit: 0.05 },
  ],
  async run({ laboratory, compare }) {
    const engines = await laboratory.openAll();
    const host = await laboratory.openHost();
    await prepareFloor(host);
    for (const each of [...engines.map((engine) => engine.host), host])
      await createContainers(each, containers);
    const [cold, warm] = [true, false].map((isCold) =>
      engines.filter(({ subject }) => (subject === 'bundle') === isCold).map(contender),
    );
    await compare({ contenders: [...warm!, floor(host)], runs: 3, warmUp: 0 });
    // two hundred Node processes: no target stands on this, so once is enough
    await compare({ contenders: cold!, runs: 1, warmUp: 0 });
  },
};
