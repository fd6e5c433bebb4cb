/** An agent on a private host, and native clients that ask it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { binFolder, type PrivateHost } from './private-host';

export const agentSocket = '/run/tsnet/agent.sock';
/** Clients alone, without the bundles that they fall back to: what they answer comes from the agent. */
export const clientFolder = '/run/clients';

const command = [`${binFolder}/tsnet`, 'agent'];
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
  static start(host: PrivateHost, ...args: string[]): Promise<Agent> {
    return new Agent(host.start([...command, ...args])).#says(' serves ');
  }

  /** As {@link Agent.start}, with a socket that is open already, as systemd starts it: by the first connection. */
  static async startActivated(host: PrivateHost, env: Record<string, string>): Promise<Agent> {
    const variables = Object.entries(env).map(([name, value]) => `--setenv=${name}=${value}`);
    const activation = ['systemd-socket-activate', `--listen=${agentSocket}`, ...variables];
    const agent = new Agent(host.start([...activation, ...command]));
    await agent.#says('Listening on');
    host.exec(['socat', '-u', 'OPEN:/dev/null', `UNIX-CONNECT:${agentSocket}`]);
    return agent.#says(' serves ');
  }

  async #says(text: string): Promise<this> {
    const ended = this.#ended.then((code) => {
      throw new Error(`agent ended with ${code}: ${this.log}`);
    });
    ended.catch(() => {});
    while (!this.log.includes(text)) await Promise.race([once(this.#process.stderr!, 'data'), ended]);
    return this;
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Sends a signal and waits for the end. @returns the exit code, null when the signal killed it */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#process.kill(signal);
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
