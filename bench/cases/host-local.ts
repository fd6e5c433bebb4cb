/** Leases in a range that is nearly full: 60,000 of 65,534 addresses, in the reference's files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDir, subnet4 } from '../configurations';
import { cniCall, type Engine, type Json } from '../engine';
import type { Case, Contender } from '../model';

const reserved = 60_000;
const conf: Json = {
  name: 'bench',
  type: 'host-local',
  ipam: { type: 'host-local', dataDir, ranges: [[{ subnet: subnet4 }]] },
};

const addressOf = (index: number) => `10.77.${(index + 2) >> 8}.${(index + 2) & 255}`;

/** One file for each address, of another container each, and the one that was given last. */
function writeStore(folder: string): void {
  mkdirSync(folder);
  for (let index = 0; index < reserved; index++)
    writeFileSync(join(folder, addressOf(index)), `container-${index}\r\neth0`);
  writeFileSync(join(folder, 'last_reserved_ip.0'), addressOf(reserved - 1));
}

function calls(engine: Engine) {
  const time = (verb: 'ADD' | 'DEL') => engine.host.time(cniCall(engine, verb, { conf, container: 'new' }));
  return { add: () => time('ADD'), del: () => time('DEL') };
}

function contender(engine: Engine): Contender {
  const { add, del } = calls(engine);
  return { subject: engine.subject, round: async () => ({ add: await add(), del: await del() }) };
}

export const hostLocal: Case = {
  name: 'host-local',
  title: 'host-local with 60,000 of 65,534 addresses reserved',
  method:
    "host-local called directly, with a store of the reference's files on a tmpfs. The first call on a store that others have written is shown apart: ours makes its index then.",
  works: [
    { id: 'add', title: 'host-local, 60,000 reserved: ADD' },
    { id: 'del', title: 'host-local, 60,000 reserved: DEL' },
    { id: 'first', title: 'the first ADD on that store' },
  ],
  targets: [
    { work: 'add', subject: 'agent', limit: 0.05 },
    { work: 'del', subject: 'agent', limit: 0.05 },
    { work: 'add', subject: 'bundle', limit: 0.15 },
    { work: 'del', subject: 'bundle', limit: 0.15 },
  ],
  async run({ laboratory, compare, record, say }) {
    const store = laboratory.path('store');
    say('write the store');
    writeStore(store);
    const engines = await laboratory.openAll();
    for (const engine of engines) {
      await engine.host.sh(`mkdir ${dataDir}; cp -r ${store} ${dataDir}/bench`);
      const { add, del } = calls(engine);
      record(engine.subject, { first: await add() });
      await del();
    }
    await compare({ contenders: engines.map(contender), runs: 9 });
  },
};
