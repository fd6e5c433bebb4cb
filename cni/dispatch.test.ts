import * as v from 'valibot';
import { dispatch, type Request } from './dispatch';
import { CniError } from './errors';
import type { Platform } from './platform';
import { definePlugin, type Plugin } from './plugin';
import { allVersions } from './versions';

const env = {
  CNI_COMMAND: 'ADD',
  CNI_CONTAINERID: 'c1',
  CNI_NETNS: '/run/netns/c1',
  CNI_IFNAME: 'eth0',
  CNI_PATH: '/nowhere',
};
const platform: Platform = {
  runProcess: () => Promise.reject(new Error('nothing to run')),
  isOwnNetns: (path) => path === '/proc/self/ns/net',
  builtinIpam: {},
};
const answer = { ips: [{ address: '10.0.0.2/24' }] };

/** A plugin that records how it was called. */
function createPlugin(change: Partial<Plugin> = {}) {
  const calls: [string, Record<string, unknown>][] = [];
  const record = (command: string) => (call: object) => {
    calls.push([command, call as Record<string, unknown>]);
  };
  const plugin = definePlugin({
    type: 'test',
    about: 'a test',
    conf: v.looseObject({ name: v.string(), mtu: v.optional(v.number()) }),
    add(call) {
      record('ADD')(call);
      return call.prevResult ?? answer;
    },
    del: record('DEL'),
    check: record('CHECK'),
    gc: record('GC'),
    status: record('STATUS'),
    ...change,
  });
  return { plugin, calls };
}

function call(command: string, conf: object | string, more: Partial<Request> = {}): Request {
  const stdin = Buffer.from(typeof conf === 'string' ? conf : JSON.stringify(conf));
  return {
    env: { ...env, CNI_COMMAND: command, ...more.env },
    stdin,
    ...(more.signal && { signal: more.signal }),
  };
}

async function serve(request: Request, plugin: Plugin) {
  const { stdout, ...rest } = await dispatch(request, plugin, platform);
  return { ...rest, output: stdout === '' ? undefined : JSON.parse(stdout) };
}

const conf = { cniVersion: '1.1.0', name: 'net' };
const prevResult = { cniVersion: '0.4.0', ips: [{ version: '4', address: '10.9.9.9/24' }], extra: 1 };

test('without a command it tells a person what it is', async () => {
  const { plugin } = createPlugin();
  expect(await dispatch({ env: {}, stdin: Buffer.alloc(0) }, plugin, platform)).toEqual({
    stdout: '',
    stderr: `CNI test plugin: a test\nCNI protocol versions supported: ${allVersions.join(', ')}\n`,
    exitCode: 0,
  });
});

test.each([
  ['{"cniVersion":"0.4.0"}', '0.4.0'],
  ['{"cniVersion":"9.9.9"}', '1.1.0'],
  ['{}', '1.1.0'],
  ['', '1.1.0'],
  ['garbage', '1.1.0'],
])('VERSION of %j answers %s', async (stdin, cniVersion) => {
  const { plugin } = createPlugin({ versions: ['0.4.0', '1.0.0'] });
  const { output, exitCode } = await serve(
    { env: { CNI_COMMAND: 'VERSION' }, stdin: Buffer.from(stdin) },
    plugin,
  );
  expect({ output, exitCode }).toEqual({
    output: { cniVersion, supportedVersions: ['0.4.0', '1.0.0'] },
    exitCode: 0,
  });
});

test.each(allVersions)('ADD answers in version %s, indented by four', async (cniVersion) => {
  const { plugin } = createPlugin();
  const { stdout, exitCode } = await dispatch(call('ADD', { ...conf, cniVersion }), plugin, platform);
  expect(JSON.parse(stdout).cniVersion).toBe(cniVersion);
  expect(stdout).toMatch(/^\{\n {4}"/);
  expect(exitCode).toBe(0);
});

test('ADD gets the whole configuration and the attachment', async () => {
  const { plugin, calls } = createPlugin({ cniArgs: ['MAC'] });
  const CNI_ARGS = 'IgnoreUnknown=1;MAC=aa;X=y';
  await serve(call('ADD', { ...conf, MTU: 9, Other: null }, { env: { CNI_ARGS } }), plugin);
  expect(calls[0]![1]).toMatchObject({
    conf: { ...conf, mtu: 9, Other: null },
    network: 'net',
    cniVersion: '1.1.0',
    prevResult: undefined,
    args: {
      containerId: 'c1',
      netns: '/run/netns/c1',
      ifName: 'eth0',
      path: ['/nowhere'],
      cniArgs: new Map([['MAC', 'aa']]),
    },
    ipam: { configured: false },
  });
});

test('CNI_ARGS are not examined by a plugin that knows none', async () => {
  const { plugin } = createPlugin();
  expect(await serve(call('ADD', conf, { env: { CNI_ARGS: 'junk' } }), plugin)).toMatchObject({
    exitCode: 0,
  });
});

test.each(['DEL', 'CHECK', 'GC', 'STATUS'])('%s says nothing on success', async (command) => {
  const { plugin, calls } = createPlugin();
  const stdin = { ...conf, prevResult, 'cni.dev/valid-attachments': [{ containerID: 'a', ifname: 'b' }] };
  expect(await serve(call(command, stdin), plugin)).toEqual({ output: undefined, stderr: '', exitCode: 0 });
  expect(calls.map(([name]) => name)).toEqual([command]);
});

describe('prevResult', () => {
  test('is converted for ADD, passes through losslessly and comes back in the version of the configuration', async () => {
    const { plugin } = createPlugin();
    const { output } = await serve(call('ADD', { ...conf, prevResult }), plugin);
    expect(output).toEqual({ cniVersion: '1.1.0', ips: [{ address: '10.9.9.9/24' }], extra: 1 });
  });

  const broken = { cniVersion: '9.9.9' };

  test.each([
    ['ADD', broken, 'could not parse prevResult: '],
    ['ADD', undefined, 'must be called as chained plugin'],
    ['CHECK', broken, 'could not parse prevResult: '],
    ['CHECK', undefined, 'Required prevResult missing'],
  ])('%s refuses %j', async (command, value, message) => {
    const { plugin, calls } = createPlugin({ chained: 'must be called as chained plugin' });
    const { output } = await serve(call(command, { ...conf, prevResult: value }), plugin);
    expect(output).toMatchObject({ cniVersion: '1.1.0', code: 7, msg: expect.stringContaining(message) });
    expect(calls).toEqual([]);
  });

  test.each([broken, 'junk', [], { cniVersion: '1.0.0', ips: 5 }])(
    'DEL goes on without %j',
    async (value) => {
      const { plugin, calls } = createPlugin({ chained: 'must be called as chained plugin' });
      expect(await serve(call('DEL', { ...conf, prevResult: value }), plugin)).toMatchObject({ exitCode: 0 });
      expect(calls[0]![1].prevResult).toBeUndefined();
    },
  );

  test('CHECK goes on without it where the plugin says so', async () => {
    const { plugin, calls } = createPlugin({ checksWithoutPrevResult: true });
    expect(await serve(call('CHECK', conf), plugin)).toMatchObject({ exitCode: 0 });
    expect(calls[0]![1].prevResult).toEqual({});
  });
});

describe('errors', () => {
  test.each([
    ['an invalid id before everything', { CNI_CONTAINERID: '../x', CNI_PATH: '' }, '{', 4],
    ['missing variables before the input', { CNI_PATH: '' }, '{', 4],
    ['broken JSON before the name', {}, '{', 6],
    ['the name before the version', {}, { cniVersion: '9.9.9' }, 7],
    ['the version before the namespace', { CNI_NETNS: '/proc/self/ns/net' }, { ...conf, cniVersion: '9' }, 1],
    ['the namespace before the configuration', { CNI_NETNS: '/proc/self/ns/net' }, { ...conf, mtu: 'x' }, 8],
    ['the configuration before the plugin', {}, { ...conf, mtu: 'x' }, 7],
    ['unknown CNI_ARGS', { CNI_ARGS: 'FOO=1' }, conf, 4],
  ])('%s', async (_what, change, stdin, code) => {
    const { plugin, calls } = createPlugin({ cniArgs: [] });
    const { output, exitCode } = await serve(call('ADD', stdin, { env: change as Request['env'] }), plugin);
    expect(output).toEqual({
      cniVersion: '1.1.0',
      code,
      msg: expect.any(String),
      ...('details' in output && { details: output.details }),
    });
    expect(exitCode).toBe(1);
    expect(calls).toEqual([]);
  });

  test('carry the version of the configuration', async () => {
    const { plugin } = createPlugin({
      add: () => Promise.reject(new CniError(111, 'make thing: no', 'why')),
    });
    const { output } = await serve(call('ADD', { ...conf, cniVersion: '0.3.1' }), plugin);
    expect(output).toEqual({ cniVersion: '0.3.1', code: 111, msg: 'make thing: no', details: 'why' });
  });

  test('that are defects show their stack on standard error', async () => {
    const { plugin } = createPlugin({
      status() {
        (undefined as unknown as { x: () => void }).x();
      },
    });
    const { output, stderr } = await serve(call('STATUS', conf), plugin);
    expect(output.code).toBe(999);
    expect(stderr).toContain('dispatch.test.ts');
  });
});

describe('the host namespace', () => {
  const own = { CNI_NETNS: '/proc/self/ns/net' };

  test.each(['ADD', 'DEL'])('is refused by %s before the plugin is called', async (command) => {
    const { plugin, calls } = createPlugin();
    expect(await serve(call(command, conf, { env: own }), plugin)).toMatchObject({
      output: { code: 8, msg: "plugin's netns and netns from CNI_NETNS should not be the same" },
    });
    expect(calls).toEqual([]);
  });

  test.each(['1', 'true', 'TRUE'])('is allowed by CNI_NETNS_OVERRIDE=%s', async (CNI_NETNS_OVERRIDE) => {
    const { plugin } = createPlugin();
    const request = call('ADD', conf, { env: { ...own, CNI_NETNS_OVERRIDE } });
    expect(await serve(request, plugin)).toMatchObject({ exitCode: 0 });
  });

  test('is allowed where the plugin says so', async () => {
    const { plugin } = createPlugin({ allowsHostNetns: true });
    expect(await serve(call('ADD', conf, { env: own }), plugin)).toMatchObject({ exitCode: 0 });
  });

  test('is not looked for when DEL has no namespace', async () => {
    const { plugin } = createPlugin();
    expect(await serve(call('DEL', conf, { env: { CNI_NETNS: '' } }), plugin)).toMatchObject({ exitCode: 0 });
  });
});

test('DEL succeeds with the CNI_ARGS that ADD refused', async () => {
  const { plugin, calls } = createPlugin({ cniArgs: ['MAC'] });
  const env = { CNI_ARGS: 'FOO=BAR' };
  expect(await serve(call('ADD', conf, { env }), plugin)).toMatchObject({ exitCode: 1 });
  expect(await serve(call('DEL', conf, { env }), plugin)).toMatchObject({ exitCode: 0 });
  expect(calls.map(([command]) => command)).toEqual(['DEL']);
});

test('GC without a list of attachments touches nothing', async () => {
  const { plugin, calls } = createPlugin();
  expect(await serve(call('GC', conf), plugin)).toMatchObject({ output: { code: 7 } });
  expect(calls).toEqual([]);
});

describe('rollback', () => {
  test('runs newest first when ADD fails, and its own failures are told', async () => {
    const log: string[] = [];
    const { plugin } = createPlugin({
      add({ rollback }) {
        rollback.defer(() => void log.push('first'));
        rollback.defer(() => Promise.reject(new Error('undo thing: busy')));
        rollback.defer(() => void log.push('last'));
        throw new CniError(11, 'try later', 'd');
      },
    });
    expect((await serve(call('ADD', conf), plugin)).output).toEqual({
      cniVersion: '1.1.0',
      code: 11,
      msg: 'try later',
      details: 'd; cleaning up: undo thing: busy',
    });
    expect(log).toEqual(['last', 'first']);
  });

  test('runs when the version cannot express the result', async () => {
    const undo = jest.fn();
    const { plugin } = createPlugin({
      add({ rollback }) {
        rollback.defer(undo);
        return {};
      },
    });
    expect(await serve(call('ADD', { ...conf, cniVersion: '0.2.0' }), plugin)).toMatchObject({ exitCode: 1 });
    expect(undo).toHaveBeenCalledTimes(1);
  });

  test('runs when a signal interrupts ADD', async () => {
    const undo = jest.fn();
    const controller = new AbortController();
    const { plugin } = createPlugin({
      add({ rollback }) {
        rollback.defer(undo);
        setImmediate(() => controller.abort('SIGTERM'));
        return new Promise(() => {});
      },
    });
    const { output } = await serve(call('ADD', conf, { signal: controller.signal }), plugin);
    expect(output).toMatchObject({ code: 11, msg: 'ADD interrupted: SIGTERM' });
    expect(undo).toHaveBeenCalledTimes(1);
  });
});
