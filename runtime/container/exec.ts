/** A further process in a running container. */
import { Pidfd } from '../../linux/pidfd';
import { planExec } from '../launch/exec';
import { type Launch, launch, type Stdio } from '../launch/launcher';
import { getRecord, getSpec } from '../store/container-store';
import { cgroupOf, requireRunning } from './container';
import { mergeEnv, parseEnv } from './environment';

export interface ExecOptions {
  /** Name or id. */
  container: string;
  command: readonly string[];
  env: readonly string[];
  workdir?: string | undefined;
}

/**
 * It gets the environment, user and capabilities of the container's own process.
 * @throws Error when the container does not run
 * @throws LaunchError when an operation of the launch failed
 */
export async function execContainer(options: ExecOptions, stdio: Stdio): Promise<Launch> {
  const record = getRecord(options.container);
  const cgroup = cgroupOf(record);
  const { process } = getSpec(record.id);
  const env = mergeEnv(process.env, options.env.flatMap(parseEnv));
  using first = Pidfd.open(requireRunning(record));
  // asked after it was opened: what is open cannot become another process any more
  if (!cgroup.has(first.pid)) throw new Error(`use container "${record.name}": it has just ended`);
  const started = await launch(
    planExec({
      process: { ...process, args: [...options.command], env, cwd: options.workdir ?? process.cwd },
      cgroups: cgroup.folders,
    }),
    stdio,
    [first.fd],
  );
  await started.started;
  return started;
}
