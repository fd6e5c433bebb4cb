/** Starts the process of a container that exists: for the first time, or again in the same sandbox. */
import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hostHierarchies } from '../cgroup/host';
import { defaultEnv } from '../images/image';
import { planContainer } from '../launch/container';
import { type Launch, launch, type Stdio } from '../launch/launcher';
import type { MonitorPlan } from '../launch/monitor';
import type { ContainerNetworks } from '../sandbox/network';
import { ensureSandbox } from '../sandbox/sandbox';
import type { ContainerRecord } from '../store/container-record';
import { containerFolder, getSpec, writeRecord } from '../store/container-store';
import { removeMonitorFiles } from '../store/monitor-files';
import { stateRoot } from '../store/state-folder';
import { cgroupOf, containerState } from './container';
import { withLock } from './lock';

/** What the monitor runs when a container ends that is to be removed and nobody waits for it any more. */
function orphanCommand(record: ContainerRecord): MonitorPlan['orphanCommand'] {
  const program = process.argv[1];
  if (!record.autoRemove || !program) return undefined;
  const argv = [process.execPath, realpathSync(program), 'rm', '--force', record.id];
  return { argv, env: [`TSNET_STATE_DIR=${stateRoot()}`, ...defaultEnv] };
}

function planStart(record: ContainerRecord) {
  const folder = containerFolder(record.id);
  const orphan = orphanCommand(record);
  const [upper, work] = [join(folder, 'upper'), join(folder, 'work')];
  return planContainer({
    spec: getSpec(record.id),
    layers: { lower: record.layers, upper, work },
    cgroups: cgroupOf(record).folders,
    hierarchies: hostHierarchies(),
    isFile: (path) => !statSync(path).isDirectory(),
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
  stdio: Stdio,
): Promise<Launch> {
  return withLock(record.id, async () => {
    if (containerState(record).status === 'running')
      throw new Error(`start container "${record.name}": it is running`);
    const addresses = await ensureSandbox(record, networks);
    removeMonitorFiles(containerFolder(record.id));
    const cgroup = cgroupOf(record);
    cgroup.remove();
    try {
      cgroup.create(getSpec(record.id).linux.resources);
      const started = await launch(planStart(record), stdio);
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
