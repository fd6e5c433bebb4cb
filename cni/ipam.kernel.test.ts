import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { runProcess } from '../linux/command';
import { dispatch } from './dispatch';
import type { Platform } from './platform';
import { definePlugin, type Plugin } from './plugin';

/** Delegation with real executables: shell scripts in a folder that CNI_PATH names. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cni-path-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const record = 'echo "$CNI_COMMAND" >>"$RECORD"';

function writeDelegate(script: string, name = 'fake', mode = 0o755): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode });
}

function recorded(): string[] {
  return readFileSync(join(folder, 'record'), 'utf8').trim().split('\n');
}

/** A plugin that does nothing but delegate. */
const parent = definePlugin({
  type: 'parent',
  cniArgs: ['MAC', 'IP'],
  about: 'delegates',
  conf: v.looseObject({ name: v.string() }),
  add: ({ ipam }) => ipam.add(),
  del: ({ ipam }) => ipam.del(),
  check: ({ ipam }) => ipam.check(),
  gc: ({ ipam }) => ipam.gc(),
  status: ({ ipam }) => ipam.status(),
});

const lease = '{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.2/24"}]}';
const builtin = definePlugin({
  ...parent,
  type: 'own',
  cniArgs: ['IP'],
  add: () => ({ ips: [{ address: '10.7.7.7/24' }] }),
  del: () => {},
});
const platform: Platform = {
  runProcess,
  isOwnNetns: () => false,
  builtinIpam: { own: async () => builtin as unknown as Plugin },
};

async function call(command: string, change: { conf?: object; env?: Record<string, string> } = {}) {
  const conf = {
    cniVersion: '1.1.0',
    name: 'net',
    ipam: { type: 'fake', deep: [1] },
    prevResult: {},
    'cni.dev/valid-attachments': [],
    ...change.conf,
  };
  const env = {
    PATH: process.env.PATH,
    CNI_COMMAND: command,
    CNI_CONTAINERID: 'c1',
    CNI_NETNS: '/run/netns/c1',
    CNI_IFNAME: 'eth0',
    CNI_PATH: `/nowhere:${folder}`,
    RECORD: join(folder, 'record'),
    ...change.env,
  };
  const stdin = Buffer.from(`${JSON.stringify(conf)} \n`);
  const { stdout, ...rest } = await dispatch({ env, stdin }, parent, platform);
  const sent = () => ({ env, stdin });
  return { ...rest, sent, output: stdout === '' ? undefined : JSON.parse(stdout) };
}

test.each(['ADD', 'DEL', 'CHECK', 'GC', 'STATUS'])(
  '%s reaches the delegate with the same input and environment',
  async (command) => {
    writeDelegate(`cat >"$RECORD.in"; env -0 >"$RECORD.env"; echo noise >&2; echo '${lease}'`);
    const { sent, stderr, exitCode } = await call(command, {
      env: { CNI_ARGS: 'MAC=b', TRACEPARENT: '00-1' },
    });
    const { env, stdin } = sent();
    expect(exitCode).toBe(0);
    expect(readFileSync(join(folder, 'record.in'), 'utf8')).toBe(stdin.toString());
    const seen = readFileSync(join(folder, 'record.env'), 'utf8').split('\0').filter(Boolean);
    const { PWD: _pwd, ...variables } = Object.fromEntries(seen.map((line) => line.split(/=(.*)/s)));
    expect(variables).toMatchObject(env);
    expect(stderr).toBe('noise\n');
  },
);

test.each([
  ['its own version', lease],
  ['the 0.2.0 shape', '{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.2/24"}}'],
  ['the 0.2.0 shape without a version', '{"ip4":{"ip":"10.0.0.2/24"}}'],
  ['the version of the configuration, unsaid', '{"ips":[{"address":"10.0.0.2/24"}]}'],
])('a result in %s is converted', async (_what, result) => {
  writeDelegate(`echo '${result}'`);
  expect((await call('ADD')).output).toEqual({ cniVersion: '1.1.0', ips: [{ address: '10.0.0.2/24' }] });
});

test.each([
  ['junk', 'failed to unmarshal raw result: '],
  ['[]', 'parse result of plugin "fake" []: expected a JSON object'],
  ['{"cniVersion":"9.9.9"}', 'unsupported version "9.9.9"'],
  ['{"cniVersion":"1.0.0","ips":[]}', 'IPAM plugin returned missing IP config'],
  ['', 'failed to unmarshal raw result: '],
])('ADD answered by %j fails and is released', async (result, message) => {
  writeDelegate(`${record}; [ "$CNI_COMMAND" = DEL ] || echo '${result}'`);
  expect((await call('ADD')).output.msg).toContain(message);
  expect(recorded()).toEqual(['ADD', 'DEL']);
});

test('an ADD that fails is followed by DEL, and its error comes through unchanged', async () => {
  writeDelegate(
    `${record}; [ "$CNI_COMMAND" = DEL ] || { echo '{"code":11,"msg":"try later","details":"dd"}'; exit 1; }`,
  );
  expect((await call('ADD')).output).toEqual({
    cniVersion: '1.1.0',
    code: 11,
    msg: 'try later',
    details: 'dd',
  });
  expect(recorded()).toEqual(['ADD', 'DEL']);
});

test.each(['DEL', 'CHECK', 'GC', 'STATUS'])('an error of %s comes through unchanged', async (command) => {
  writeDelegate(`echo '{"code":50,"msg":"full"}'; exit 1`);
  expect((await call(command)).output).toEqual({ cniVersion: '1.1.0', code: 50, msg: 'full' });
});

test.each([
  [
    'echo junk; exit 1',
    'netplugin failed but error parsing its diagnostic message "junk\\n"',
    'exit status 1',
  ],
  ['echo {}; exit 2', 'netplugin failed but error parsing its diagnostic message "{}\\n"', 'exit status 2'],
  [
    'echo null; exit 2',
    'netplugin failed but error parsing its diagnostic message "null\\n"',
    'exit status 2',
  ],
  ['exit 3', 'netplugin failed with no error message', 'exit status 3'],
  ['echo why >&2; exit 3', 'netplugin failed with no error message: "why\\n"', 'exit status 3'],
  ['kill -9 $$', 'netplugin failed with no error message', 'killed by a signal'],
])('a delegate that does %j is still one readable error', async (script, msg, details) => {
  writeDelegate(script);
  expect((await call('STATUS')).output).toEqual({ cniVersion: '1.1.0', code: 999, msg, details });
});

test('a delegate may leave a large input unread', async () => {
  writeDelegate('exec 0<&-; exit 0');
  expect(await call('DEL', { conf: { padding: 'x'.repeat(1 << 20) } })).toMatchObject({ exitCode: 0 });
});

test.each([
  ['absent', 'failed to find plugin "absent" in path [/nowhere '],
  ['../fake', 'invalid plugin name: ../fake'],
  ['a\\b', 'invalid plugin name: a\\b'],
  ['folder', 'failed to find plugin "folder"'],
  ['plain', 'failed to find plugin "plain"'],
])('ipam.type %j is not run', async (type, message) => {
  writeDelegate(record, 'plain', 0o644);
  mkdirSync(join(folder, 'folder'));
  const env = { CNI_PATH: `/nowhere:${folder}` };
  expect((await call('ADD', { conf: { ipam: { type } }, env })).output).toMatchObject({
    code: 7,
    msg: expect.stringContaining(message),
  });
});

test.each([{}, { type: '' }, null, undefined])('ipam %j delegates nothing', async (ipam) => {
  expect(await call('ADD', { conf: { ipam } })).toMatchObject({
    output: { cniVersion: '1.1.0' },
    exitCode: 0,
  });
  expect(await call('DEL', { conf: { ipam } })).toMatchObject({ exitCode: 0 });
});

test.each([{ ipam: 'x' }, { ipam: [] }, { ipam: { type: 5 } }])('%j is refused', async (conf) => {
  expect((await call('ADD', { conf })).output).toMatchObject({ code: 7 });
});

describe('our own IPAM', () => {
  const conf = { ipam: { type: 'own' } };

  test('runs in this process when CNI_PATH finds our build', async () => {
    writeFileSync(join(folder, 'own'), '#!/bin/false\n// tsnet source own\n', { mode: 0o755 });
    expect((await call('ADD', { conf })).output.ips).toEqual([{ address: '10.7.7.7/24' }]);
  });

  test.each(['// tsnet 0.0.9 own', '// tsnet source other', '# tsnet source own', ''])(
    'is executed when the file found says %j',
    async (marker) => {
      writeFileSync(join(folder, 'own'), `#!/bin/sh\n${marker}\necho '${lease}'\n`, {
        mode: 0o755,
      });
      expect((await call('ADD', { conf })).output.ips).toEqual([{ address: '10.0.0.2/24' }]);
    },
  );

  test('is not handed the CNI_ARGS that the delegating plugin took', async () => {
    writeFileSync(join(folder, 'own'), '#!/bin/false\n// tsnet source own\n', { mode: 0o755 });
    const given = (CNI_ARGS: string) => call('ADD', { conf, env: { CNI_ARGS } });
    expect(await given('MAC=aa;IP=10.0.0.9')).toMatchObject({ exitCode: 0 });
    expect((await given('MAC=aa;FOO=b')).output.msg).toBe('ARGS: unknown args ["FOO=b"]');
  });

  test('is looked for first even so', async () => {
    expect((await call('ADD', { conf })).output.msg).toContain('failed to find plugin "own"');
  });
});
