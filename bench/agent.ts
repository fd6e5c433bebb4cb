/** The agent on a private host: starting it, and what it costs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type PrivateHost, plainEnvironment } from './host/private-host';

const socket = '/run/tsnet/agent.sock';
const attempts = 100;

/** Gives the agent's pid on that host once it listens; undefined when it does not within five seconds. */
export async function startAgent(host: PrivateHost, tsnet: string): Promise<number | undefined> {
  const pid = await host.start({ argv: [tsnet, 'agent'], env: plainEnvironment });
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { timings } = await host.tryRun([[{ argv: ['/usr/bin/test', '-S', socket] }]]);
    if (timings[0]!.exit === 0) return pid;
    await sleep(50);
  }
  return undefined;
}

/** What the kernel says of a process. */
export interface Cost {
  /** Resident, in MiB. */
  resident: number;
  descriptors: number;
  /** Milliseconds of processor time since it started. */
  processor: number;
}

/** @throws Error when the agent is gone */
export async function readCost(host: PrivateHost, pid: number): Promise<Cost> {
  const script = `grep VmRSS /proc/${pid}/status; ls /proc/${pid}/fd | wc -l; cat /proc/${pid}/task/*/schedstat`;
  const [resident, descriptors, ...threads] = (await host.sh(script)).trim().split('\n');
  const nanoseconds = threads.reduce((sum, line) => sum + Number(line.split(' ')[0]), 0);
  return {
    resident: Number(/\d+/.exec(resident!)![0]) / 1024,
    descriptors: Number(descriptors),
    processor: nanoseconds / 1e6,
  };
}

/** @throws Error when the agent's work does not show that it served so many calls: the clients did them without it */
export function requireServed(before: Cost, after: Cost, calls: number): void {
  if (calls === 0) return;
  const each = (after.processor - before.processor) / calls;
  if (each < 0.1) throw new Error(`measure agent: it did ${each.toFixed(3)} ms of work for each call`);
}

/** Ends an agent and waits until it is gone. */
export async function stopAgent(host: PrivateHost, pid: number): Promise<void> {
  await host.sh(
    `kill ${pid}; for i in $(seq 100); do [ -e /proc/${pid}/fd/0 ] || exit 0; sleep 0.1; done; exit 1`,
  );
}
