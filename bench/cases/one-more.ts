/** One container more beside others on one bridge, each with a published port. */
import { stopAgent } from '../agent';
import { type Publication, subnet4 } from '../configurations';
import { chainOf, createWires, listMembers, populate } from '../crowd';
import { createContainers, createNamespaces, type Engine } from '../engine';
import type { PrivateHost } from '../host/private-host';
import type { Laboratory } from '../laboratory';
import type { Case, Contender } from '../model';
import { floorCommands, prepareFloor as prepareBridge } from './bridge';
import { floorElements, nft, prepareFloor as prepareMaps } from './portmap';

/** A bridge has room for 1,023 ports. */
const crowds = [1, 100, 1_000];
const runs = 9;
const latecomer = { container: 'late', address: '10.77.200.1', port: 40_000 };

const published = (hostPort: number): Publication => ({ hostPort, containerPort: 80, protocol: 'tcp' });

interface Stage {
  /** Puts up further members, so that there are `to` in all. */
  grow(from: number, to: number): Promise<void>;
  contender(others: number): Contender;
}

/** Without agent the crowd would take a minute to come: where there is one, it brings the crowd and is stopped. */
async function growWithAgent(
  laboratory: Laboratory,
  engine: Engine,
  grow: () => Promise<void>,
): Promise<void> {
  const agent = await laboratory.startAgent(engine.host);
  await grow();
  if (agent !== undefined) await stopAgent(engine.host, agent);
}

function stageOf(laboratory: Laboratory, engine: Engine): Stage {
  const { subject, host } = engine;
  const borrowsAgent = subject === 'bundle' && laboratory.has('agent');
  return {
    grow: (from, to) => {
      const grow = () => populate(engine, from, to);
      return borrowsAgent ? growWithAgent(laboratory, engine, grow) : grow();
    },
    contender: (others) => ({
      subject,
      round: async () => ({
        [`${others}-add`]: await host.time(...chainOf(engine, 'ADD', latecomer)),
        [`${others}-del`]: await host.time(...chainOf(engine, 'DEL', latecomer)),
      }),
    }),
  };
}

/** One rule masquerades the whole network, so there is none for a container. */
async function prepareFloor(host: PrivateHost): Promise<void> {
  await prepareBridge(host);
  await prepareMaps(host);
  await host.time(
    nft(`table ip masq {
  chain postrouting {
    type nat hook postrouting priority srcnat
    ip saddr ${subnet4} ip daddr != ${subnet4} masquerade
  }
}
`),
  );
}

async function growFloor(host: PrivateHost, from: number, to: number): Promise<void> {
  const members = listMembers(from, to);
  await createNamespaces(
    host,
    members.map(({ container }) => container),
  );
  await createWires(host, members);
  await host.time(
    floorElements(
      'add',
      members.map(({ port }) => published(port)),
    ),
  );
}

function floorStage(host: PrivateHost): Stage {
  const { add, del } = floorCommands(latecomer.container, 2);
  const port = [published(latecomer.port)];
  return {
    grow: (from, to) => growFloor(host, from, to),
    contender: (others) => ({
      subject: 'floor',
      round: async () => ({
        [`${others}-add`]: await host.time(...add.slice(0, 2), floorElements('add', port)),
        [`${others}-del`]: await host.time(floorElements('delete', port), ...del.slice(0, 1)),
      }),
    }),
  };
}

async function openStages(laboratory: Laboratory): Promise<Stage[]> {
  const engines = await laboratory.openAll();
  const host = await laboratory.openHost();
  for (const each of [...engines.map((engine) => engine.host), host])
    await createContainers(each, [latecomer.container]);
  await prepareFloor(host);
  return [...engines.map((engine) => stageOf(laboratory, engine)), floorStage(host)];
}

const title = (others: number) =>
  `one more container beside ${others === 1 ? 'one' : others.toLocaleString('en')}`;

export const oneMore: Case = {
  name: 'one-more',
  title: 'One container more beside others',
  method:
    "bridge with ipMasq and portmap with one port, two calls, beside containers of the same kind on the same bridge. Those of the reference are put up by repeating its rules, files and links for one of them under the names of the others, because its own calls would take minutes. Floor: `ip -batch` on the host and in the container, one `nft -f` for the port; the network's masquerade is there.",
  works: crowds.flatMap((others) => [
    { id: `${others}-add`, title: `${title(others)}: ADD` },
    { id: `${others}-del`, title: `${title(others)}: DEL` },
  ]),
  targets: [
    { work: '1000-add', subject: 'agent', limit: 0.05 },
    { work: '1000-add', subject: 'bundle', limit: 0.2 },
    { work: '1000-add', subject: 'agent', limit: 1.3, against: { work: '1-add' } },
    { work: '1000-del', subject: 'agent', limit: 1.3, against: { work: '1-del' } },
  ],
  async run({ laboratory, compare, say }) {
    const stages = await openStages(laboratory);
    for (const [index, others] of crowds.entries()) {
      say(`beside ${others}`);
      for (const stage of stages) await stage.grow(crowds[index - 1] ?? 0, others);
      await compare({ contenders: stages.map((stage) => stage.contender(others)), runs });
    }
  },
};
