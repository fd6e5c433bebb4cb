/**
 * Where a case gets its hosts from. Subjects are what this machine has: the reference's plugins if they are installed, ours
 * as installed or else as built, the agent if there is one. What is missing is said, and its figures are "not measured".
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Cost, readCost, requireServed, startAgent } from './agent';
import type { Engine } from './engine';
import { PrivateHost } from './host/private-host';
import type { Subject } from './model';

export const referenceFolder = '/usr/lib/cni';

/** Subjects that are CNI plugins. */
export type PluginSubject = Extract<Subject, 'go' | 'agent' | 'bundle'>;

export class Laboratory implements Disposable {
  readonly #work: string;
  readonly #hosts: PrivateHost[] = [];
  /** Agents of the case that runs, and what they had cost before it. */
  #agents: { host: PrivateHost; pid: number; before: Cost }[] = [];
  readonly #repo: string;
  /** Why a subject cannot be measured here. */
  readonly missing = new Map<PluginSubject, string>();
  /** Where the executables of ours lie. */
  readonly folder: string;

  private constructor(repo: string, work: string) {
    this.#repo = repo;
    this.#work = work;
    this.folder = join(work, 'cni');
  }

  /** @throws Error when dist/ is not built or there is no C compiler */
  static async open(repo: string, work: string): Promise<Laboratory> {
    if (!existsSync(join(repo, 'dist/bin/tsnet')))
      throw new Error('open laboratory: run `npm run build` first');
    const laboratory = new Laboratory(repo, work);
    // a copy, so that a build that runs meanwhile does not change what is measured
    cpSync(join(repo, 'dist'), join(work, 'dist'), { recursive: true });
    laboratory.#compile('host/stopwatch');
    laboratory.#compile('traffic/traffic');
    laboratory.#install();
    try {
      await laboratory.#look();
    } finally {
      laboratory.closeHosts();
    }
    return laboratory;
  }

  #compile(program: string): void {
    const target = this.tool(program.split('/')[1]!);
    mkdirSync(join(this.#work, 'tools'), { recursive: true });
    execFileSync('cc', ['-O2', '-o', target, join(this.#repo, `bench/${program}.c`)], { stdio: 'inherit' });
  }

  /** A path in the folder of this run. */
  path(name: string): string {
    return join(this.#work, name);
  }

  /** Path of a compiled measuring program. */
  tool(name: string): string {
    return join(this.#work, 'tools', name);
  }

  /** As a user installs: `tsnet install`; a build without it is measured where it was built. */
  #install(): void {
    const argv = ['install', '--cni-dir', this.folder];
    const done = spawnSync(join(this.#work, 'dist/bin/tsnet'), argv, { encoding: 'utf8' });
    if (done.status === 0 && existsSync(join(this.folder, 'bridge'))) return;
    cpSync(join(this.#work, 'dist/bin'), this.folder, { recursive: true });
    cpSync(join(this.#work, 'dist/lib'), join(this.#work, 'lib'), { recursive: true });
    const why = done.stderr.trim().split('\n').at(-1);
    this.missing.set('agent', `nothing to install: ${why}`);
  }

  async #look(): Promise<void> {
    if (!existsSync(join(referenceFolder, 'bridge')))
      this.missing.set('go', `no reference plugins in ${referenceFolder}`);
    if (this.missing.has('agent')) return;
    const engine = await this.open('agent');
    if (!engine) this.missing.set('agent', 'no agent came up');
  }

  has(subject: PluginSubject): boolean {
    return !this.missing.has(subject);
  }

  async openHost(): Promise<PrivateHost> {
    const host = await PrivateHost.open(
      this.tool('stopwatch'),
      join(this.#work, `host-${this.#hosts.length}`),
    );
    this.#hosts.push(host);
    return host;
  }

  /** Gives its pid; undefined when it does not come up. */
  startAgent(host: PrivateHost): Promise<number | undefined> {
    return startAgent(host, join(this.#work, 'dist/bin/tsnet'));
  }

  /** Plugins of a subject on a new host; undefined when it cannot be measured here. */
  async open(subject: PluginSubject): Promise<Engine | undefined> {
    if (!this.has(subject)) return undefined;
    const host = await this.openHost();
    if (subject === 'go') return { subject, host, folder: referenceFolder };
    const engine: Engine = { subject, host, folder: this.folder };
    if (subject === 'bundle') return engine;
    const agent = await this.startAgent(host);
    if (agent === undefined) return undefined;
    this.#agents.push({ host, pid: agent, before: await readCost(host, agent) });
    return { ...engine, agent };
  }

  /** Those of the subjects that can be measured here, each on a host of its own. */
  async openAll(subjects: PluginSubject[] = ['go', 'agent', 'bundle']): Promise<Engine[]> {
    const engines: Engine[] = [];
    for (const subject of subjects) {
      const engine = await this.open(subject);
      if (engine) engines.push(engine);
    }
    return engines;
  }

  /** @throws Error when an agent is gone or has not done the calls on its host, so that figures are not its own */
  async verifyAgents(): Promise<void> {
    for (const { host, pid, before } of this.#agents)
      requireServed(before, await readCost(host, pid), host.calls);
  }

  /**
   * Waits until the kernel has taken down the namespaces of hosts that are gone, so that they cost the next case nothing.
   * It does so in the order in which they went: what is waited for is a link of one that goes last.
   */
  async settle(): Promise<void> {
    await Promise.all(this.#hosts.map(({ ended }) => ended));
    const host = await this.openHost();
    await host.sh(`ip netns add last; ip link add last0 type veth peer name last1 netns last; ip netns del last
      for i in $(seq 1200); do [ -e /sys/class/net/last0 ] || exit 0; sleep 0.1; done`);
    host.close();
  }

  /** Ends every host and what runs on it. */
  closeHosts(): void {
    for (const host of this.#hosts) host.close();
    this.#agents = [];
  }

  [Symbol.dispose](): void {
    this.closeHosts();
  }
}
