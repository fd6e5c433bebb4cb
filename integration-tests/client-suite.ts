/** What the suites of the client share: a private host, a folder of clients, one agent at a time, who served. */
import { join } from 'node:path';
import { ClientFolder } from './client-folder';
import { parseDocument } from './cni-call';
import { type Behaviour, FakeAgent } from './fake-agent';
import { type Outcome, PrivateHost } from './private-host';

/** One call. */
export const env = { CNI_COMMAND: 'ADD', CNI_ARGS: 'A=1', TRACEPARENT: '00-1-2-00' };
export const input = '{"cniVersion":"1.1.0","name":"n"}';

export class ClientHost {
  readonly host: PrivateHost;
  readonly folder = new ClientFolder();
  readonly client = join(this.folder.path, 'echo');
  #agent: FakeAgent | undefined;

  private constructor(host: PrivateHost) {
    this.host = host;
  }

  static async create(): Promise<ClientHost> {
    return new ClientHost(await PrivateHost.create());
  }

  /** @param uid whose process it is; root's unless told */
  async startAgent(behaviour: Behaviour, uid?: number): Promise<FakeAgent> {
    this.#agent = await FakeAgent.start(this.host, behaviour, uid);
    return this.#agent;
  }

  /** How often the bundle ran. */
  bundleRuns(): number {
    return this.host.sh('cat /run/bundle-runs 2>/dev/null || true').split('\n').length - 1;
  }

  expectBundle(done: Outcome, expected = input): void {
    expect(done).toEqual({ code: 3, stdout: expected, stderr: 'bundle\n' });
    expect(this.bundleRuns()).toBe(1);
  }

  expectError(done: Outcome, code: number, msg: string): void {
    expect(done.code).toBe(1);
    expect(parseDocument(done.stdout)).toEqual({ cniVersion: '1.1.0', code, msg });
    expect(this.bundleRuns()).toBe(0);
  }

  /** Ends the agent and forgets what ran. */
  async clear(): Promise<void> {
    await this.#agent?.kill();
    this.#agent = undefined;
    this.host.sh('rm -rf /run/tsnet /run/bundle-runs');
  }

  destroy(): void {
    this.folder.remove();
    this.host.destroy();
  }
}
