/** What the agent costs while it is idle, with many attachments, and after many calls. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cost, readCost } from '../agent';
import { bridgeConf } from '../configurations';
import { populate } from '../crowd';
import { cniCall, createContainers, type Engine } from '../engine';
import type { Bench, Case } from '../model';

const idleSeconds = 10;
/** What a Node process still does after its start is not idling. */
const settleSeconds = 3;
const attachments = 1_000;
const early = 1_000;
const pairs = 20_000;
/** A slow machine does fewer pairs: how many it did stands in the report. */
const patienceSeconds = 270;
const containers = Array.from({ length: 100 }, (_, index) => `p${index}`);

type LiveEngine = Engine & { agent: number };

const costOf = ({ host, agent }: LiveEngine): Promise<Cost> => readCost(host, agent);

async function measureIdle(engine: LiveEngine, { record }: Bench): Promise<void> {
  await sleep(settleSeconds * 1_000);
  const before = await costOf(engine);
  await sleep(idleSeconds * 1_000);
  const after = await costOf(engine);
  record('agent', {
    'idle-memory': after.resident,
    'idle-descriptors': after.descriptors,
    'idle-processor': (after.processor - before.processor) / idleSeconds / 10,
  });
}

/** Attaches and detaches every container once. */
async function doPairs(engine: LiveEngine): Promise<void> {
  const conf = bridgeConf();
  const chains = containers.map((container) => [
    cniCall(engine, 'ADD', { conf, container }),
    cniCall(engine, 'DEL', { conf, container }),
  ]);
  await engine.host.run(chains, 16);
}

async function measureEndurance(engine: LiveEngine, { record, say, scale }: Bench): Promise<void> {
  await createContainers(engine.host, containers);
  const began = performance.now();
  let done = 0;
  while (done < pairs * scale && performance.now() - began < patienceSeconds * scale * 1_000) {
    await doPairs(engine);
    done += containers.length;
    if (done % 2_000 === 0) say(`${done} pairs`);
    if (done !== early) continue;
    const cost = await costOf(engine);
    record('agent', { 'early-memory': cost.resident, 'early-descriptors': cost.descriptors });
  }
  const cost = await costOf(engine);
  record('agent', { pairs: done, 'late-memory': cost.resident, 'late-descriptors': cost.descriptors });
}

async function measureAttachments(engine: LiveEngine, { record }: Bench): Promise<void> {
  await populate(engine, 0, attachments);
  const cost = await costOf(engine);
  record('agent', { 'full-memory': cost.resident, 'full-descriptors': cost.descriptors });
}

export const agentCost: Case = {
  name: 'agent-cost',
  title: 'What the agent costs',
  method: `Resident memory as the kernel counts it (VmRSS, with what is shared with other processes), processor time of all threads over ${idleSeconds} s without a call. A pair is ADD and DEL of bridge with ipMasq, sixteen at a time; attachments are bridge with ipMasq and one published port.`,
  works: [
    { id: 'idle-memory', title: 'idle: memory', unit: 'MiB' },
    { id: 'idle-descriptors', title: 'idle: open files', unit: 'descriptors' },
    { id: 'idle-processor', title: 'idle: processor', unit: '%' },
    { id: 'full-memory', title: '1,000 attachments: memory', unit: 'MiB' },
    { id: 'full-descriptors', title: '1,000 attachments: open files', unit: 'descriptors' },
    { id: 'early-memory', title: 'after 1,000 pairs: memory', unit: 'MiB' },
    { id: 'early-descriptors', title: 'after 1,000 pairs: open files', unit: 'descriptors' },
    { id: 'pairs', title: 'pairs done in all', unit: 'pairs', better: 'higher' },
    { id: 'late-memory', title: 'after all pairs: memory', unit: 'MiB' },
    { id: 'late-descriptors', title: 'after all pairs: open files', unit: 'descriptors' },
  ],
  targets: [
    { work: 'idle-memory', subject: 'agent', limit: 80, against: 'unit' },
    { work: 'idle-processor', subject: 'agent', limit: 0.1, against: 'unit' },
    { work: 'full-memory', subject: 'agent', limit: 80, against: 'unit' },
    { work: 'late-memory', subject: 'agent', limit: 80, against: 'unit' },
    { work: 'late-memory', subject: 'agent', limit: 1.1, against: { work: 'early-memory' } },
    { work: 'late-descriptors', subject: 'agent', limit: 1, against: { work: 'early-descriptors' } },
  ],
  async run(bench) {
    for (const measure of [measureIdle, measureAttachments, measureEndurance]) {
      const engine = await bench.laboratory.open('agent');
      if (engine?.agent === undefined) return;
      await measure({ ...engine, agent: engine.agent }, bench);
    }
  },
};
