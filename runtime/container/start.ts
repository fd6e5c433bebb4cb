/** Starts the process of a container that exists: for the first time, or again in the same sandbox. */
import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hostHierarchies } from '../cgroup/host';
import { defaultEnv } from '../images/image';
import { planContainer } from '../launch/container';
import { type Launch, launch, type Stdio } from '../launch/launcher';
import type { MonitorPlan } from '../launch/monitor';
import type { OciSpec } from '../oci/spec';
import type { ContainerNetworks } from '../sandbox/network';
import { ensureSandbox } from '../sandbox/sandbox';
import type { ContainerRecord } from '../store/container-record';
import { containerFolder, getSpec, writeRecord } from '../store/container-store';
import { removeMonitorFiles } from '../store/monitor-files';
import { stateRoot } from '../store/state-folder';
import { cgroupOf, containerState } from './container';
import { withLock } from './lock';
import { planLogs } from './logs';

/** What the monitor runs when a container ends that is to be removed and nobody waits for it any more. */
function orphanCommand(record: ContainerRecord): MonitorPlan['orphanCommand'] {
  const program = process.argv[1];
  if (!record.autoRemove || !program) return undefined;
  const argv = [process.execPath, realpathSync(program), 'rm', '--force', record.id];
  return { argv, env: [`TSNET_STATE_DIR=${stateRoot()}`, ...defaultEnv] };
}

/** What the caller gives to a container and takes from it; its output is always kept in its logs. */
export interface Streams {
  /** Pass the caller's standard input; else there is none. */
  input: boolean;
  /** Pass its output on to the caller's. */
  output: boolean;
}

function planStart(record: ContainerRecord, spec: OciSpec, { output }: Streams) {
  const folder = containerFolder(record.id);
  const orphan = orphanCommand(record);
  const [upper, work] = [join(folder, 'upper'), join(folder, 'work')];
  return planContainer({
    spec,
    layers: { lower: record.layers, upper, work },
    cgroups: cgroupOf(record).folders,
    hierarchies: hostHierarchies(),
    isFile: (path) => !statSync(path).isDirectory(),
    logs: planLogs(record, output),
    monitor: { folder, ...(orphan ? { orphanCommand: orphan } : {}) },
  });
}

/**
 * @throws Error when it runs already
 * @throws LaunchError when an operation of the launch failed: the container is left as it was before
 */
export function startContainer(
  record: ContainerRecord,
  networks: ContainerNetworks,
  streams: Streams,
): Promise<Launch> {
  return withLock(record.id, async () => {
    if (containerState(record).status === 'running')
      throw new Error(`start container "${record.name}": it is running`);
    const spec = getSpec(record.id);
    const addresses = await ensureSandbox(record, networks);
    removeMonitorFiles(containerFolder(record.id));
    const cgroup = cgroupOf(record);
    cgroup.remove();
    try {
      cgroup.create(spec.linux.resources);
      const { input, output } = streams;
      const stdio: Stdio = [input ? 0 : 'ignore', output ? 1 : 'ignore', output ? 2 : 'ignore'];
      const started = await launch(planStart(record, spec, streams), stdio);
      await started.started;
      writeRecord({ ...record, addresses, started: new Date().toISOString() });
      return started;
    } catch (error) {
      removeMonitorFiles(containerFolder(record.id));
      cgroup.kill();
      cgroup.remove();
      throw error;
    }
  });
}
