/** An agent on a private host, and native clients that ask it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { binFolder, type PrivateHost } from './private-host';

export const agentSocket = '/run/tsnet/agent.sock';
/** Clients alone, without the bundles that they fall back to: what they answer comes from the agent. */
export const clientFolder = '/run/clients';

const client = join(binFolder, '../lib/client');

export interface AgentStatus {
  version: string;
  build: string;
  pid: number;
  uptime: number;
  memory: number;
  calls: { running: number; served: number; failed: number; refused: number };
}

export class Agent {
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;
  /** Everything it has logged. */
  log = '';

  private constructor(started: ChildProcess) {
    this.#process = started;
    this.#ended = new Promise((resolve) => started.once('close', resolve));
    started.stderr!.on('data', (text) => {
      this.log += text;
    });
  }

  /** Starts an agent and waits until it serves. @throws Error with its log when it ends instead */
  static async start(host: PrivateHost, ...args: string[]): Promise<Agent> {
    const agent = new Agent(host.start([`${binFolder}/tsnet`, 'agent', ...args]));
    const ended = agent.ended().then((code) => {
      throw new Error(`agent ended with ${code}: ${agent.log}`);
    });
    ended.catch(() => {});
    while (!agent.log.includes(' serves ')) await Promise.race([once(agent.#process.stderr!, 'data'), ended]);
    return agent;
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Sends a signal and waits for the end. @returns the exit code, null when the signal killed it */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#process.kill(signal);
    return this.#ended;
  }

  ended(): Promise<number | null> {
    return this.#ended;
  }
}

/** Puts a client for each of `types` into {@link clientFolder}. */
export function installClients(host: PrivateHost, types: readonly string[]): void {
  host.sh(`mkdir -p ${clientFolder}
for type in ${types.join(' ')}; do cp ${client} ${clientFolder}/$type; done`);
}

/** What the agent of this host says of itself. @throws Error when none answers */
export function getAgentStatus(host: PrivateHost): AgentStatus {
  return JSON.parse(host.sh(`${binFolder}/tsnet agent status --json`));
}
