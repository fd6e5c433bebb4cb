/** Plans a further process of a running container. Pure. */
import type { OciProcess } from '../oci/spec';
import { planJoinCgroups } from './container';
import { fd, namespaceFlags } from './kernel-constants';
import { planClone, planMonitor } from './monitor';
import { planBlockSignals, planHideLauncher, planProcess } from './process';
import { Program } from './program';

const { pid, ...others } = namespaceFlags;
const allButPid = Object.values(others).reduce((all, flag) => all | flag, 0);

export interface ExecInput {
  process: OciProcess;
  cgroups: readonly string[];
}

/**
 * Needs the container's first process as descriptor {@link fd.process} (pidfd_open(2)): it gives all namespaces at once,
 * and cannot become another process. Those that the container shares with the host are entered too, to no effect.
 */
export function planExec({ process, cgroups }: ExecInput): Program {
  const program = new Program();
  planBlockSignals(program);
  planHideLauncher(program);
  // decides about the child only: the monitor stays outside
  program.call('join pid namespace', 'setns', [fd.process, pid]);
  const { cloned, child } = planClone(program, []);
  planMonitor(program, cloned, {});

  program.land(child);
  planJoinCgroups(program, cgroups);
  program.call('join namespaces', 'setns', [fd.process, allButPid]);
  program.call('begin session', 'setsid', []);
  planProcess(program, process);
  return program;
}
