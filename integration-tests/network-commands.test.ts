import { createSandbox, type Json, parseDocument } from './cni-call';
import { FakePlugins } from './fake-plugin';
import { binFolder, type ExecOptions, type Outcome, PrivateHost } from './private-host';

const configDir = '/run/net.d';
const results = '/var/lib/cni/results';
const id = 'cnitool-20b4ff582526573bbe7d';

let host: PrivateHost;
let fakes: FakePlugins;

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

function configure(conf: Json, file = `${conf.name}.conflist`): void {
  host.sh(`mkdir -p $(dirname ${configDir}/${file})`);
  host.exec(['tee', `${configDir}/${file}`], { input: JSON.stringify(conf) });
}

function tsnet(args: string[], options: ExecOptions = {}): Outcome {
  const env = { NETCONFPATH: configDir, CNI_PATH: fakes.folder, ...options.env };
  return host.exec([`${binFolder}/tsnet`, ...args], { ...options, env });
}

/** Runs a command that must succeed; gives its standard output. */
function succeed(...args: string[]): string {
  const done = tsnet(args);
  if (done.code !== 0) throw new Error(`tsnet ${args.join(' ')}: exit ${done.code}: ${done.stderr}`);
  return done.stdout;
}

const chain = (more: Json = {}): Json => ({
  cniVersion: '1.1.0',
  name: 'n',
  plugins: [
    { type: 'first', own: { kept: [1] } },
    { type: 'second', capabilities: { mac: true } },
    { type: 'third' },
  ],
  ...more,
});

function writeCache(name: string, text: string): void {
  host.sh(`mkdir -p ${results}`);
  host.exec(['tee', `${results}/${name}`], { input: text });
}

describe('attach', () => {
  test('runs the plugins in order, each with the result of the one before', () => {
    configure(chain());
    const last = { cniVersion: '1.1.0', ips: [{ address: '10.0.0.2/24' }], foreign: { kept: true } };
    fakes.answer('first', 'ADD', { cniVersion: '1.1.0', interfaces: [{ name: 'a' }] });
    fakes.answer('third', 'ADD', last);
    const done = tsnet(['attach', 'n', 'c1']);
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('stderr of first') });
    expect(parseDocument(done.stdout)).toEqual(last);

    const [first, second, third] = fakes.takeCalls();
    expect(first!.env).toEqual({
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: id,
      CNI_NETNS: '/run/netns/c1',
      CNI_IFNAME: 'eth0',
      CNI_ARGS: '',
      CNI_PATH: fakes.folder,
    });
    expect(first!.stdin).toEqual({ type: 'first', name: 'n', cniVersion: '1.1.0', own: { kept: [1] } });
    expect(second!.stdin.prevResult).toEqual({ cniVersion: '1.1.0', interfaces: [{ name: 'a' }] });
    expect(third!.stdin.prevResult).toEqual({ cniVersion: '1.1.0' });
  });

  test('hands arguments and capabilities to the plugins, again at check and detach', () => {
    configure(chain());
    succeed(
      'attach',
      'n',
      'c1',
      '--ifname',
      'net1',
      '--container-id',
      'x',
      '--args',
      'A=1',
      '--args',
      'B=2;C=3',
      '--capability-args',
      '{"mac":"02:00:00:00:00:01","ips":[]}',
    );
    succeed('check', 'n', 'c1', '--ifname', 'net1', '--container-id', 'x');
    succeed('detach', 'n', 'c1', '--ifname', 'net1', '--container-id', 'x');
    const calls = fakes.takeCalls();
    expect(calls).toHaveLength(9);
    for (const { env, type, stdin } of calls) {
      expect(env).toMatchObject({ CNI_ARGS: 'A=1;B=2;C=3', CNI_IFNAME: 'net1', CNI_CONTAINERID: 'x' });
      expect(stdin.runtimeConfig).toEqual(type === 'second' ? { mac: '02:00:00:00:00:01' } : undefined);
      expect(stdin).not.toHaveProperty('capabilities');
    }
  });

  test('takes the highest version offered, and converts results to it', () => {
    configure(chain({ cniVersion: '0.4.0', cniVersions: ['0.3.1', '1.0.0', '9.9.9'] }));
    fakes.answer('third', 'ADD', { cniVersion: '0.2.0', ip4: { ip: '10.0.0.2/24' } });
    const result = parseDocument(succeed('attach', 'n', 'c1'));
    expect(result).toEqual({ cniVersion: '1.0.0', ips: [{ address: '10.0.0.2/24' }] });
    expect(fakes.takeCalls().map(({ stdin }) => stdin.cniVersion)).toEqual(['1.0.0', '1.0.0', '1.0.0']);
  });

  test('after a failure runs DEL of every plugin and caches nothing', () => {
    configure(chain());
    fakes.answer('second', 'ADD', { code: 11, msg: 'try later', details: 'busy' }, 1);
    const done = tsnet(['attach', 'n', 'c1']);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain('tsnet: run ADD of plugin "second": try later (CNI error 11): busy\n');
    expect(fakes.takeOrder()).toEqual(['ADD first', 'ADD second', 'DEL third', 'DEL second', 'DEL first']);
    expect(host.sh(`ls ${results} 2>/dev/null || true`)).toBe('');
  });

  test('runs no plugin when one is missing', () => {
    configure(chain({ plugins: [{ type: 'first' }, { type: 'absent' }] }));
    expect(tsnet(['attach', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"absent"'),
    });
    expect(fakes.takeCalls()).toEqual([]);
  });

  test('does not touch an interface that is attached already', () => {
    configure(chain());
    configure(chain({ name: 'other' }));
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    for (const name of ['n', 'other'])
      expect(tsnet(['attach', name, 'c1'])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('network "n" already'),
      });
    expect(fakes.takeCalls()).toEqual([]);
    succeed('attach', 'other', 'c1', '--ifname', 'eth1');
  });

  test('tries again while a plugin is being written', async () => {
    configure(chain());
    const untilFirstRan = `i=0; while [ $i -lt 600 ] && ! ls ${fakes.log}/call-* ; do sleep 0.05; i=$((i + 1)); done`;
    const writer = host.execAsync([
      'sh',
      '-c',
      `exec 3>>${fakes.folder}/second; echo > ${fakes.log}/held; (${untilFirstRan}) >/dev/null 2>&1; sleep 0.5`,
    ]);
    host.sh(`i=0; while [ $i -lt 600 ] && ! [ -e ${fakes.log}/held ]; do sleep 0.05; i=$((i + 1)); done`);
    const env = { NETCONFPATH: configDir, CNI_PATH: fakes.folder };
    const attached = await host.execAsync([`${binFolder}/tsnet`, 'attach', 'n', 'c1'], { env });
    expect(attached).toMatchObject({ code: 0 });
    expect(await writer).toMatchObject({ code: 0 });
  });
});

describe('detach', () => {
  test('runs the plugins backwards, each with the final result; twice is fine', () => {
    configure(chain());
    const last = { cniVersion: '1.1.0', ips: [{ address: '10.0.0.2/24' }] };
    fakes.answer('third', 'ADD', last);
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    expect(succeed('detach', 'n', 'c1')).toBe('');
    const calls = fakes.takeCalls();
    expect(calls.map(({ type }) => type)).toEqual(['third', 'second', 'first']);
    for (const { stdin } of calls) expect(stdin.prevResult).toEqual(last);
    expect(host.sh(`ls ${results}`)).toBe('');
    succeed('detach', 'n', 'c1');
    for (const { stdin } of fakes.takeCalls()) expect(stdin).not.toHaveProperty('prevResult');
  });

  test('stops at the first failure and keeps the cache for another try', () => {
    configure(chain());
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    fakes.answer('second', 'DEL', 'no JSON', 1);
    expect(tsnet(['detach', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"no JSON"'),
    });
    expect(fakes.takeOrder()).toEqual(['DEL third', 'DEL second']);
    expect(host.sh(`ls ${results}`)).toBe(`n-${id}-eth0\n`);
  });

  test('before 0.4.0 plugins get no prevResult', () => {
    configure(chain({ cniVersion: '0.3.1' }));
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    succeed('detach', 'n', 'c1');
    for (const { stdin } of fakes.takeCalls()) expect(stdin).not.toHaveProperty('prevResult');
    expect(host.sh(`ls ${results}`)).toBe('');
  });

  test.each([
    ['garbage', '{"kind":'],
    ['of no known version', '{"cniVersion":"7.0.0"}'],
  ])('ignores and removes a cache that is %s', (_title, text) => {
    configure(chain());
    writeCache(`n-${id}-eth0`, text);
    succeed('detach', 'n', 'c1');
    expect(fakes.takeCalls()).toHaveLength(3);
    expect(host.sh(`ls ${results}`)).toBe('');
  });

  test('reads the bare results of old, converted', () => {
    configure(chain());
    writeCache(`n-${id}-eth0`, '{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.2/24"}}');
    succeed('detach', 'n', 'c1');
    expect(fakes.takeCalls()[0]!.stdin.prevResult).toEqual({
      cniVersion: '1.1.0',
      ips: [{ address: '10.0.0.2/24' }],
    });
  });

  test('works by the cached configuration when the file is gone', () => {
    configure(chain());
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    host.sh(`rm ${configDir}/*`);
    succeed('detach', 'n', 'c1');
    expect(fakes.takeOrder()).toEqual(['DEL third', 'DEL second', 'DEL first']);
    expect(tsnet(['detach', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('find network "n"'),
    });
  });
});

describe('check', () => {
  test('runs in order up to the first failure', () => {
    configure(chain());
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    fakes.answer('second', 'CHECK', { code: 100, msg: 'broken' }, 1);
    expect(tsnet(['check', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('broken (CNI error 100)'),
    });
    const calls = fakes.takeCalls();
    expect(calls.map(({ command, type }) => `${command} ${type}`)).toEqual(['CHECK first', 'CHECK second']);
    expect(calls[0]!.stdin.prevResult).toEqual({ cniVersion: '1.1.0' });
  });

  test.each([true, 'True'])('disableCheck %j: succeeds without asking', (disableCheck) => {
    configure(chain({ disableCheck }));
    succeed('check', 'n', 'c1');
    expect(fakes.takeCalls()).toEqual([]);
  });

  test('needs an attachment, and a version that has it', () => {
    configure(chain());
    expect(tsnet(['check', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not attached'),
    });
    configure(chain({ cniVersion: '0.3.1' }));
    expect(tsnet(['check', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not support'),
    });
    expect(fakes.takeCalls()).toEqual([]);
  });
});

describe('network gc', () => {
  beforeEach(() => {
    configure(chain());
    succeed('attach', 'n', 'c1');
    succeed('attach', 'n', '/run/netns/gone', '--container-id', 'dead');
    fakes.takeCalls();
  });

  test('deletes attachments without namespace, then has every plugin keep the others', () => {
    const removed = parseDocument(succeed('network', 'gc', 'n', '--json'));
    expect(removed).toEqual([{ containerId: 'dead', ifName: 'eth0', netns: '/run/netns/gone' }]);
    const calls = fakes.takeCalls();
    expect(calls.map(({ command, type }) => `${command} ${type}`)).toEqual([
      'DEL third',
      'DEL second',
      'DEL first',
      'GC first',
      'GC second',
      'GC third',
    ]);
    expect(calls[0]!.env.CNI_CONTAINERID).toBe('dead');
    const valid = [{ containerID: id, ifname: 'eth0' }];
    for (const { stdin, env } of calls.slice(3)) {
      expect(stdin).toMatchObject({ 'cni.dev/valid-attachments': valid, 'cni.dev/attachments': valid });
      expect(stdin).not.toHaveProperty('prevResult');
      expect(env).toMatchObject({ CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' });
    }
    expect(host.sh(`ls ${results}`)).toBe(`n-${id}-eth0\n`);
  });

  test('--dry-run only tells; --all keeps none', () => {
    expect(succeed('network', 'gc', 'n', '--dry-run')).toContain('dead');
    expect(fakes.takeCalls()).toEqual([]);
    succeed('network', 'gc', 'n', '--all');
    expect(fakes.takeCalls().at(-1)!.stdin['cni.dev/valid-attachments']).toEqual([]);
    expect(host.sh(`ls ${results}`)).toBe('');
  });

  test('goes on after failures and tells all of them', () => {
    fakes.answer('third', 'DEL', { code: 100, msg: 'stuck' }, 1);
    fakes.answer('first', 'GC', { code: 101, msg: 'jammed' }, 1);
    const done = tsnet(['network', 'gc', 'n']);
    expect(done.code).toBe(1);
    expect(done.stderr).toMatch(/stuck.*jammed/);
    expect(fakes.takeOrder()).toEqual(['DEL third', 'GC first', 'GC second', 'GC third']);
  });

  test('disableGC: nothing; before 1.1.0: only the DELs', () => {
    configure(chain({ disableGC: true }));
    succeed('network', 'gc', 'n');
    expect(fakes.takeCalls()).toEqual([]);
    configure(chain({ cniVersion: '1.0.0' }));
    succeed('network', 'gc', 'n');
    expect(fakes.takeOrder()).toEqual(['DEL third', 'DEL second', 'DEL first']);
  });
});

describe('network status', () => {
  test('asks until one is not ready', () => {
    configure(chain());
    configure(chain({ name: 'old', cniVersion: '1.0.0' }));
    expect(JSON.parse(succeed('network', 'status', '--json'))).toMatchObject([
      { name: 'n', status: 'ready' },
      { name: 'old', status: 'unknown' },
    ]);
    expect(fakes.takeOrder()).toEqual(['STATUS first', 'STATUS second', 'STATUS third']);
    fakes.answer('second', 'STATUS', { code: 50, msg: 'pool is empty' }, 1);
    const done = tsnet(['network', 'status', 'n']);
    expect(done).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/n +not ready +.*pool is empty \(CNI error 50\)/),
    });
    expect(fakes.takeOrder()).toEqual(['STATUS first', 'STATUS second']);
  });
});

describe('configurations', () => {
  test('network ls lists them in order, and tells which are wrong', () => {
    configure(chain(), '20-n.conflist');
    configure({ cniVersion: '0.4.0', name: 'single', type: 'first' }, '10-single.conf');
    configure({ name: 'bad', plugins: [] }, '30-bad.conflist');
    configure({ type: 'third' }, 'n/9.conf');
    const done = tsnet(['network', 'ls']);
    expect(done.code).toBe(0);
    expect(done.stdout.split('\n').map((line) => line.split(/ +/))).toEqual([
      ['NAME', 'VERSION', 'PLUGINS', 'FILE'],
      ['single', '0.4.0', 'first', '10-single.conf'],
      ['n', '1.1.0', 'first,second,third,third', '20-n.conflist'],
      [''],
    ]);
    expect(done.stderr).toMatch(/^tsnet: load "\/run\/net\.d\/30-bad\.conflist": .*no plugins in list.*\n$/);
  });

  test('a single configuration works as a list of one', () => {
    configure({ cniVersion: '0.4.0', name: 'single', type: 'first', x: 1 }, 'single.conf');
    succeed('attach', 'single', 'c1');
    expect(fakes.takeCalls()[0]!.stdin).toEqual({ cniVersion: '0.4.0', name: 'single', type: 'first', x: 1 });
    host.sh(`rm ${configDir}/*`);
    succeed('detach', 'single', 'c1');
    expect(fakes.takeOrder()).toEqual(['DEL first']);
  });

  test('an unknown network is an error that names the folder', () => {
    expect(tsnet(['attach', 'nope', 'c1'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `tsnet: find network "nope" in "${configDir}": no configuration has this name (CNI error 7)\n`,
    });
  });
});

describe('arguments', () => {
  test('a mistake: exit code 2 and one line on stderr', () => {
    expect(tsnet(['attach', 'n', 'c1', '--bogus'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'tsnet: unknown argument "bogus" (see "tsnet attach --help")\n',
    });
  });

  test.each([
    ['--container-id', '../x', 'containerID'],
    ['--ifname', 'sixteen-bytes-xx', 'interface name is too long'],
  ])('%s %s is refused before any plugin runs', (option, value, message) => {
    configure(chain());
    const done = tsnet(['attach', 'n', 'c1', option, value]);
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(fakes.takeCalls()).toEqual([]);
  });
});

describe('with the Go plugins', () => {
  const goPlugins = '/usr/lib/cni';
  const env = { CNI_PATH: goPlugins };
  const bridged = {
    cniVersion: '1.0.0',
    name: 'go',
    plugins: [
      {
        type: 'bridge',
        bridge: 'br-go',
        isGateway: true,
        ipam: { type: 'host-local', dataDir: '/run/ipam', subnet: '10.9.0.0/24' },
      },
      { type: 'tuning', capabilities: { mac: true } },
    ],
  };

  test('attaches, checks, notices what is broken, and leaves nothing', () => {
    configure(bridged);
    const capabilities = '{"mac":"02:00:00:00:00:09"}';
    const attached = tsnet(['attach', 'go', 'c1', '--capability-args', capabilities], { env });
    expect(attached).toMatchObject({ code: 0 });
    expect(parseDocument(attached.stdout).ips).toMatchObject([
      { address: '10.9.0.2/24', gateway: '10.9.0.1' },
    ]);
    expect(host.sh('ip -n c1 addr show eth0')).toMatch(/02:00:00:00:00:09[\s\S]*10\.9\.0\.2\/24/);
    expect(tsnet(['check', 'go', 'c1'], { env })).toMatchObject({ code: 0, stdout: '' });

    const cached = parseDocument(host.sh(`cat ${results}/go-${id}-eth0`));
    expect(cached).toMatchObject({
      kind: 'cniCacheV1',
      containerId: id,
      networkName: 'go',
      ifName: 'eth0',
      netns: '/run/netns/c1',
      capabilityArgs: { mac: '02:00:00:00:00:09' },
      result: parseDocument(attached.stdout),
    });
    expect(parseDocument(Buffer.from(cached.config as string, 'base64').toString())).toEqual(bridged);
    expect(host.sh(`stat -c %a ${results} ${results}/*`)).toBe('700\n600\n');
    expect(succeed('network', 'inspect', 'go')).toMatch(
      new RegExp(`${id} +eth0 +10\\.9\\.0\\.2/24 +/run/netns/c1`),
    );

    host.sh('ip -n c1 addr del 10.9.0.2/24 dev eth0');
    expect(tsnet(['check', 'go', 'c1'], { env }).code).toBe(1);
    expect(tsnet(['detach', 'go', 'c1'], { env })).toMatchObject({ code: 0, stdout: '' });
    expect(tsnet(['detach', 'go', 'c1'], { env })).toMatchObject({ code: 0, stdout: '' });
    expect(host.sh('ip -n c1 -br link')).not.toContain('eth0');
    expect(host.sh('ls /run/ipam/go')).not.toContain('10.9.0.2');
  });

  test('inspects attachments that another runtime cached', () => {
    configure(bridged);
    const config = Buffer.from(JSON.stringify(bridged)).toString('base64');
    const result = { cniVersion: '0.2.0', ip4: { ip: '10.9.0.7/24' } };
    const foreign = {
      kind: 'cniCacheV1',
      containerId: 'pod',
      config,
      ifName: 'eth0',
      networkName: 'go',
      cniArgs: null,
      result,
    };
    writeCache('go-pod-eth0', JSON.stringify(foreign));
    const inspected = parseDocument(succeed('network', 'inspect', 'go', '--json'));
    expect(inspected.attachments).toMatchObject([{ containerId: 'pod', addresses: ['10.9.0.7/24'], result }]);
  });

  test('and with our own, mixed in one list', () => {
    const path = { CNI_PATH: `${binFolder}:${goPlugins}` };
    configure({ cniVersion: '1.0.0', name: 'mixed', plugins: [{ type: 'loopback' }, { type: 'tuning' }] });
    const args = ['mixed', 'c1', '--ifname', 'lo'];
    expect(tsnet(['attach', ...args], { env: path })).toMatchObject({ code: 0 });
    expect(tsnet(['check', ...args], { env: path })).toMatchObject({ code: 0 });
    expect(tsnet(['detach', ...args], { env: path })).toMatchObject({ code: 0 });
  });
});
