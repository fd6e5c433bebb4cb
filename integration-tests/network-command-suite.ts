/** What the suites of the commands on networks share: a private host, a folder of configurations, and plugins that log their calls. */
import { createSandbox, type Json } from './cni-call';
import { FakePlugins } from './fake-plugin';
import { binFolder, type ExecOptions, type Outcome, PrivateHost } from './private-host';

export const configDir = '/run/net.d';
export const results = '/var/lib/cni/results';
export const id = 'cnitool-20b4ff582526573bbe7d';

export let host: PrivateHost;
export let fakes: FakePlugins;

beforeAll(async () => {
  host = await PrivateHost.create();
  createSandbox(host, 'c1');
});

afterAll(() => host.destroy());

beforeEach(() => {
  host.sh(`rm -rf ${configDir} ${results}; mkdir ${configDir}`);
  fakes = new FakePlugins(host);
  fakes.install('first', 'second', 'third');
});

export function configure(conf: Json, file = `${conf.name}.conflist`): void {
  host.sh(`mkdir -p $(dirname ${configDir}/${file})`);
  host.exec(['tee', `${configDir}/${file}`], { input: JSON.stringify(conf) });
}

export function tsnet(args: string[], options: ExecOptions = {}): Outcome {
  const env = { NETCONFPATH: configDir, CNI_PATH: fakes.folder, ...options.env };
  return host.exec([`${binFolder}/tsnet`, ...args], { ...options, env });
}

/** Runs a command that must succeed; gives its standard output. */
export function succeed(...args: string[]): string {
  const done = tsnet(args);
  if (done.code !== 0) throw new Error(`tsnet ${args.join(' ')}: exit ${done.code}: ${done.stderr}`);
  return done.stdout;
}

export const chain = (more: Json = {}): Json => ({
  cniVersion: '1.1.0',
  name: 'n',
  plugins: [
    { type: 'first', own: { kept: [1] } },
    { type: 'second', capabilities: { mac: true } },
    { type: 'third' },
  ],
  ...more,
});

export function writeCache(name: string, text: string): void {
  host.sh(`mkdir -p ${results}`);
  host.exec(['tee', `${results}/${name}`], { input: text });
}
