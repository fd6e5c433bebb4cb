/** The protocol's rules that hold for every executable alike, whatever it does when all is well. */
import { existsSync, readdirSync } from 'node:fs';
import { type Json, parseDocument } from './cni-call';
import { binFolder, type ExecOptions, PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

const types = readdirSync(binFolder).filter((name) => name !== 'tsnet' && !name.endsWith('.new'));
const allVersions = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];
const megabyte = 1 << 20;
/** How many executables run at once. */
const width = 4;

let host: PrivateHost;
beforeAll(async () => {
  host = await PrivateHost.create();
  host.sh('ip netns add c1');
});
afterAll(() => host.destroy());

const environment = {
  CNI_COMMAND: 'ADD',
  CNI_CONTAINERID: 'c1',
  CNI_NETNS: '/run/netns/c1',
  CNI_IFNAME: 'eth0',
  CNI_PATH: binFolder,
};

/** One call that must fail: what changes in a complete environment, the input, and the code to expect. */
interface Refusal {
  what: string;
  env?: Record<string, string>;
  stdin?: Json | string;
  code: number;
  msg?: string;
}

async function exec(type: string, { env = {}, input = '' }: ExecOptions = {}) {
  const done = await host.execAsync([`${binFolder}/${type}`], { env, input });
  return { ...done, json: parseDocument(done.stdout) };
}

async function inBatches<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await run(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

const conf = (change: Json = {}): Json => ({ cniVersion: '1.1.0', name: 'net', ...change });
const missing = (names: string) => `required env variables [${names}] missing`;
const hostileNames = [
  '../x',
  '/etc/passwd',
  'a b',
  'a\nb',
  '-x',
  '.',
  'é',
  'a;b',
  '$(id)',
  '%s',
  `${'x'.repeat(megabyte)}/`,
];

const environmentRefusals: Refusal[] = [
  { what: 'no container', env: { CNI_CONTAINERID: '' }, code: 4, msg: missing('CNI_CONTAINERID') },
  { what: 'no namespace', env: { CNI_NETNS: '' }, code: 4, msg: missing('CNI_NETNS') },
  { what: 'no interface', env: { CNI_IFNAME: '' }, code: 4, msg: missing('CNI_IFNAME') },
  { what: 'no path', env: { CNI_PATH: '' }, code: 4, msg: missing('CNI_PATH') },
  {
    what: 'nothing at all, and garbage',
    env: { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '', CNI_PATH: '' },
    stdin: '{',
    code: 4,
    msg: missing('CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH'),
  },
  {
    what: 'DEL without anything',
    env: { CNI_COMMAND: 'DEL', CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '', CNI_PATH: '' },
    code: 4,
    msg: missing('CNI_CONTAINERID,CNI_IFNAME,CNI_PATH'),
  },
  { what: 'GC without path', env: { CNI_COMMAND: 'GC', CNI_PATH: '' }, code: 4, msg: missing('CNI_PATH') },
  {
    what: 'STATUS without path',
    env: { CNI_COMMAND: 'STATUS', CNI_PATH: '' },
    code: 4,
    msg: missing('CNI_PATH'),
  },
  { what: 'an unknown command', env: { CNI_COMMAND: 'FOO' }, code: 4, msg: 'unknown CNI_COMMAND: FOO' },
  { what: 'a command in lower case', env: { CNI_COMMAND: 'add' }, code: 4, msg: 'unknown CNI_COMMAND: add' },
  {
    what: 'an invalid id before what is missing and before garbage',
    env: { CNI_CONTAINERID: '../x', CNI_PATH: '' },
    stdin: '{',
    code: 4,
    msg: 'invalid characters in containerID',
  },
  {
    what: 'an invalid interface before what is missing',
    env: { CNI_IFNAME: 'a/b', CNI_NETNS: '' },
    code: 4,
    msg: 'interface name contains / or : or whitespace characters',
  },
  {
    what: 'a long interface name',
    env: { CNI_IFNAME: '1234567890123456' },
    code: 4,
    msg: 'interface name is too long',
  },
  {
    what: 'sixteen bytes in eight letters',
    env: { CNI_IFNAME: 'é'.repeat(8) },
    code: 4,
    msg: 'interface name is too long',
  },
  { what: 'the parent as interface', env: { CNI_IFNAME: '..' }, code: 4, msg: 'interface name is . or ..' },
  ...['../x', 'a b', 'a\nb', '-x', 'é', 'x/'.repeat(50_000)].flatMap((name) => [
    { what: `container id ${name.slice(0, 8)}`, env: { CNI_CONTAINERID: name }, code: 4 },
    {
      what: `DEL of container id ${name.slice(0, 8)}`,
      env: { CNI_COMMAND: 'DEL', CNI_CONTAINERID: name },
      code: 4,
    },
  ]),
  ...['../x', 'a b', 'a\nb', 'a:b', 'a\u00a0b', 'x'.repeat(100_000)].map((name) => ({
    what: `interface ${name.slice(0, 8)}`,
    env: { CNI_IFNAME: name },
    code: 4,
  })),
];

const inputRefusals: Refusal[] = [
  { what: 'nothing', stdin: '', code: 6 },
  { what: 'truncated JSON', stdin: '{"cniVersion":"1.1.0","name":"ne', code: 6 },
  { what: 'an array', stdin: '[]', code: 6 },
  { what: 'a string', stdin: '"x"', code: 6 },
  { what: 'null', stdin: 'null', code: 7, msg: 'missing network name' },
  { what: 'two documents', stdin: '{"name":"a"}{"name":"b"}', code: 6 },
  { what: 'a megabyte of letters', stdin: 'x'.repeat(megabyte), code: 6 },
  { what: 'a megabyte of brackets', stdin: '['.repeat(megabyte), code: 6 },
  {
    what: 'a nest of half a million lists',
    stdin: '['.repeat(megabyte / 2) + ']'.repeat(megabyte / 2),
    code: 6,
  },
  { what: 'a megabyte of zeros', stdin: '\0'.repeat(megabyte), code: 6 },
  { what: 'a name of the wrong type', stdin: conf({ name: 5 }), code: 6 },
  { what: 'a version of the wrong type', stdin: conf({ cniVersion: 1 }), code: 6 },
  { what: 'no name', stdin: { cniVersion: '1.1.0' }, code: 7, msg: 'missing network name' },
  { what: 'the name before the version', stdin: { cniVersion: '9.9.9', name: 'a/b' }, code: 7 },
  ...hostileNames.map((name) => ({
    what: `network ${name.slice(0, 8)}`,
    stdin: conf({ name }),
    code: 7,
    msg: 'invalid characters found in network name',
  })),
  {
    what: 'an unknown version',
    stdin: conf({ cniVersion: '9.9.9' }),
    code: 1,
    msg: 'incompatible CNI versions',
  },
  { what: 'a short version', stdin: conf({ cniVersion: '1.0' }), code: 1, msg: 'incompatible CNI versions' },
  { what: 'a hostile version', stdin: conf({ cniVersion: '../'.repeat(megabyte / 3) }), code: 1 },
  { what: 'ipam of the wrong type', stdin: conf({ ipam: 'x'.repeat(megabyte) }), code: 7 },
  { what: 'ipam.type of the wrong type', stdin: conf({ IPAM: { TYPE: 5 } }), code: 7 },
  { what: 'dns of the wrong type', stdin: conf({ dns: 5 }), code: 7 },
  { what: 'a broken prevResult', stdin: conf({ prevResult: { cniVersion: '1.1.0', ips: [{}] } }), code: 7 },
  { what: 'prevResult of the wrong type', stdin: conf({ prevResult: 'x' }), code: 7 },
];

const gateRefusals: Refusal[] = (
  [
    ['CHECK', '0.3.1'],
    ['GC', '1.0.0'],
    ['STATUS', '1.0.0'],
  ] as const
).flatMap(([command, cniVersion]) => [
  {
    what: `${command} of ${cniVersion}`,
    env: { CNI_COMMAND: command },
    stdin: conf({ cniVersion }),
    code: 1,
    msg: `config version does not allow ${command}`,
  },
  {
    what: `${command} of a version to come`,
    env: { CNI_COMMAND: command },
    stdin: conf({ cniVersion: '9.9.9' }),
    code: 1,
    msg: `plugin version does not allow ${command}`,
  },
  {
    what: `${command} of no version`,
    env: { CNI_COMMAND: command },
    stdin: conf({ cniVersion: 'x' }),
    code: 6,
  },
]);

const gcRefusals: Refusal[] = [
  ...[{}, { 'cni.dev/valid-attachments': 'x' }, { 'cni.dev/valid-attachments': [{}] }].map((keys) => ({
    what: `GC with ${JSON.stringify(keys)}`,
    env: { CNI_COMMAND: 'GC' },
    stdin: conf(keys),
    code: 7,
  })),
];

test('executables are built', () => {
  expect(types).toContain('loopback');
  expect(existsSync(`${binFolder}/tsnet`)).toBe(true);
});

/** These two answer for the namespace themselves: modes.test.ts. */
const mayBeOnTheHost = ['host', 'container'];

describe.each(types)('%s', (type) => {
  test('refuses what is not a call: one error object, and nothing is touched', async () => {
    const before = takeSnapshot(host, { netns: ['c1'] });
    const refusals = [...environmentRefusals, ...inputRefusals, ...gateRefusals, ...gcRefusals];
    await inBatches(refusals, async ({ what, env, stdin = conf(), code, msg }) => {
      const input = typeof stdin === 'string' ? stdin : JSON.stringify(stdin);
      const done = await exec(type, { env: { ...environment, ...env }, input });
      expect({ what, exit: done.code, stderr: done.stderr, json: done.json }).toEqual({
        what,
        exit: 1,
        stderr: '',
        json: {
          cniVersion: expect.stringMatching(/^(0\.[1-4]\.[01]|1\.[01]\.0)$/),
          code,
          msg: msg === undefined ? expect.any(String) : msg,
          ...(done.json?.details !== undefined && { details: expect.any(String) }),
        },
      });
      expect([what, done.stdout.length < 8192]).toEqual([what, true]);
    });
    expect(takeSnapshot(host, { netns: ['c1'] })).toEqual(before);
  });

  test('reports unreadable input as an I/O failure', () => {
    const done = host.exec(['sh', '-c', `exec ${binFolder}/${type} </`], { env: environment });
    expect([done.code, parseDocument(done.stdout).code]).toEqual([1, 5]);
  });

  test.each([
    ['{"cniVersion":"0.4.0"}', '0.4.0'],
    ['', '1.1.0'],
    ['garbage', '1.1.0'],
  ])('answers VERSION to %j', async (input, cniVersion) => {
    const { code, json, stderr } = await exec(type, { env: { CNI_COMMAND: 'VERSION' }, input });
    expect({ code, stderr, cniVersion: json.cniVersion }).toEqual({ code: 0, stderr: '', cniVersion });
    expect(json.supportedVersions.length).toBeGreaterThan(0);
    expect(allVersions).toEqual(expect.arrayContaining(json.supportedVersions));
  });

  test('tells a person what it is', async () => {
    const { code, stdout, stderr } = await exec(type);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(
      new RegExp(`^CNI ${type} plugin: .+\nCNI protocol versions supported: [0-9., ]+\n$`),
    );
  });

  test.each(['ADD', 'DEL'])('guards the host by %s', async (command) => {
    if (mayBeOnTheHost.includes(type)) return;
    const before = takeSnapshot(host);
    const env = { ...environment, CNI_COMMAND: command, CNI_NETNS: '/proc/self/ns/net' };
    const { code, json } = await exec(type, { env, input: JSON.stringify(conf()) });
    expect([code, json.code]).toEqual([1, 8]);
    expect(takeSnapshot(host)).toEqual(before);
  });
});
