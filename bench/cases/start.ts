/** What starting a process costs here: the benchmark's own error, and how far each subject is before it does anything. */
import { cniCall, type Engine } from '../engine';
import { type PrivateHost, plainEnvironment } from '../host/private-host';
import type { Command } from '../host/protocol';
import type { Case, Contender } from '../model';

const nothing: Command = { argv: ['/bin/true'], env: plainEnvironment };
const emptyNode: Command = { argv: [process.execPath, '-e', '0'], env: plainEnvironment };

function versionOf(engine: Engine): Contender {
  const command = cniCall(engine, 'VERSION', { conf: { type: 'bridge' }, container: 'none' });
  return {
    subject: engine.subject,
    round: async () => ({ version: await engine.host.time(command) }),
  };
}

function floor(host: PrivateHost): Contender {
  return {
    subject: 'floor',
    round: async () => ({ nothing: await host.time(nothing), node: await host.time(emptyNode) }),
  };
}

export const start: Case = {
  name: 'start',
  title: 'Starting a process',
  method:
    '`/bin/true` is what measuring itself adds to every figure of a process; VERSION is a call of the bridge plugin that touches nothing.',
  works: [
    { id: 'nothing', title: '`/bin/true`' },
    { id: 'node', title: '`node -e 0`' },
    { id: 'version', title: 'bridge: VERSION' },
  ],
  targets: [],
  async run({ laboratory, compare }) {
    const engines = await laboratory.openAll();
    const host = await laboratory.openHost();
    await compare({ contenders: [floor(host), ...engines.map(versionOf)], runs: 21 });
  },
};
