/**
 * Calls on a stage: before there is a call, plugins add and delete containers in network namespaces of nobody's. V8 compiles
 * a function when it first runs and makes it quick when it has run often: a first call takes ten times as long otherwise.
 * Nothing of it reaches the host: its locks and leases are in a folder of its own, which goes with it.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dispatch } from '../../cni/dispatch';
import type { Platform } from '../../cni/platform';
import { whereNftablesWorks } from '../../linux/firewall/ruleset';
import type { Netns } from '../../linux/netns/netns';
import { openScratchNetns } from '../../linux/netns/scratch-netns';
import { withStateFolder } from '../../linux/state-folder';
import { getPlugin } from './registry';

/** Of containers that come and go. */
const mostRounds = 8;
/** Milliseconds after which no further round begins. */
const longest = 300;

const network = {
  cniVersion: '1.0.0',
  name: 'rehearsal',
  type: 'bridge',
  bridge: 'rehearsal',
  isGateway: true,
  ipam: { type: 'host-local', subnet: '192.0.2.0/24', routes: [{ dst: '0.0.0.0/0' }] },
};

interface Call {
  command: 'ADD' | 'DEL';
  id: string;
  netns: Netns;
}

export interface Stage {
  platform: Platform;
  /** Folder with the executables of this build: delegates are looked for there, as anywhere. */
  executables: string;
  /** Where locks and leases lie meanwhile; nobody else's. What an agent that was killed left there is removed. */
  folder: string;
}

/**
 * Whatever does not work here is left to the call that needs it. Only for a process that does nothing else yet.
 * @returns how many calls succeeded
 */
export async function rehearse(stage: Stage): Promise<number> {
  const { folder } = stage;
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    return await withStateFolder(folder, () => play(stage));
  } catch {
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    // Closes the door to the stage's firewall, for which the first call would have to wait
    await whereNftablesWorks(async () => {}).catch(() => {});
  }
}

async function play(stage: Stage): Promise<number> {
  using host = openScratchNetns();
  using first = openScratchNetns();
  using second = openScratchNetns();
  using _inside = host.enter();
  const ipMasq = (await whereNftablesWorks(async () => true)) ?? false;
  const conf = { ...network, ipMasq, ipam: { ...network.ipam, dataDir: stage.folder } };
  const deadline = performance.now() + longest;
  let calls = 0;
  for (let round = 0; round < mostRounds && performance.now() < deadline; round += 1)
    for (const call of roundOf([first, second])) {
      if (!(await succeeds(stage, conf, call))) return calls;
      calls += 1;
    }
  return calls;
}

/** A container comes alone, another one beside it; so they go. */
function roundOf(containers: readonly Netns[]): Call[] {
  return (['ADD', 'DEL'] as const).flatMap((command) =>
    containers.map((netns, at) => ({ command, id: `rehearsal${at}`, netns })),
  );
}

async function succeeds(
  { platform, executables }: Stage,
  conf: typeof network,
  { command, id, netns }: Call,
): Promise<boolean> {
  const env = {
    CNI_COMMAND: command,
    CNI_CONTAINERID: id,
    CNI_NETNS: `/proc/self/fd/${netns.fd}`,
    CNI_IFNAME: 'eth0',
    CNI_PATH: executables,
  };
  const request = { env, stdin: Buffer.from(JSON.stringify(conf)) };
  return (await dispatch(request, getPlugin(conf.type), platform)).exitCode === 0;
}
