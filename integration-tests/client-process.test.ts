/** The native client as a process: its name, its environment, its streams and what it hands over. */
import { join } from 'node:path';
import { ClientHost, env, input } from './client-suite';
import { parseDocument } from './cni-call';
import type { Behaviour } from './fake-agent';
import type { Outcome } from './private-host';

let on: ClientHost;
beforeAll(async () => {
  on = await ClientHost.create();
});
afterEach(() => on.clear());
afterAll(() => on.destroy());

describe('the process', () => {
  test('a client that is killed closes its connection', async () => {
    const slow = await on.startAgent('accept-silent');
    const child = on.host.start([on.client], { input, env });
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    await slow.until('request');
    child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
    await slow.until('closed');
    expect(on.bundleRuns()).toBe(0);
  });

  test.each([
    ['nothing', ''],
    ['the parent folder', '..'],
    ['a hidden file', '.tsnet'],
    ['a folder', 'a/'],
    ['a name that no file can have', 'x'.repeat(300)],
  ])('started as %s: one clear error', (_, name) => {
    const done = on.host.exec(['bash', '-c', `exec -a "$0" ${on.client}`, name], { env });
    on.expectError(done, 999, 'read own name: it is not that of a CNI type');
  });

  test('a name with quotes and control characters is told in valid JSON', () => {
    const done = on.host.exec(['bash', '-c', `exec -a "$0" ${on.client}`, 'a"\\\n\u00fc'], { env });
    expect(parseDocument(done.stdout).msg).toContain('/bin/a"\\???": it or its interpreter');
  });

  test.each([
    ['a TSNET_ variable is set', { ...env, TSNET_NO_FFI: '1' }],
    ['no command is given', { CNI_ARGS: 'A=1' }],
    ['the command is empty', { CNI_COMMAND: '' }],
  ])('when %s, the agent is not asked', async (_, variables) => {
    const echo = await on.startAgent('echo');
    on.expectBundle(on.host.exec([on.client], { input, env: variables as Record<string, string> }));
    on.host.exec([on.client], { input: 'asked', env });
    await echo.until('closed');
    expect(echo.lines).toEqual(['request TSN1 5', 'closed']);
  });

  test('a head that is too large for the protocol is the bundle’s', async () => {
    await on.startAgent('echo');
    const large = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`CNI_${i}`, 'x'.repeat(100_000)]));
    on.expectBundle(on.host.exec([on.client], { input, env: { ...env, ...large } }));
  });

  test('input that is too large for the protocol is refused', async () => {
    await on.startAgent('echo');
    const done = on.host.exec([on.client], { input: 'x'.repeat(16 * 1024 * 1024 + 1), env });
    on.expectError(done, 5, 'read standard input: it is over 16 MiB');
  });

  test.each<Behaviour | 'none'>(['none', 'refuse'])(
    'agent %s: the bundle gets the environment and no further descriptor',
    async (behaviour) => {
      if (behaviour !== 'none') await on.startAgent(behaviour);
      const run = (path: string) =>
        on.host.exec([join(path, 'probe')], {
          input,
          env: { ...env, NODE_OPTIONS: '--max-old-space-size=99', NODE_EXTRA_CA_CERTS: '/nowhere' },
        });
      const [direct, through] = [run(on.folder.bundles), run(on.folder.path)].map(({ stdout }) =>
        stdout.split('\n'),
      );
      expect(direct).toContain('NODE_EXTRA_CA_CERTS=/nowhere');
      expect(through).toEqual(direct!.filter((line) => !line.startsWith('NODE_EXTRA_CA_CERTS=')));
    },
  );

  test('a reader of the bundle’s output that went away is told to the bundle', async () => {
    await on.startAgent('refuse');
    on.folder.install('yes');
    on.folder.writeBundle('yes', '#!/bin/sh\nexec yes\n');
    const script = `{ ${on.folder.path}/yes; echo $? >&2; } | true`;
    expect(on.host.exec(['sh', '-c', script], { input, env }).stderr).toBe('141\n');
  });
});

describe('standard streams', () => {
  const run = (redirections: string) =>
    on.host.exec(['sh', '-c', `${on.client} ${redirections}`], { input, env });

  test.each<[string, Partial<Outcome>]>([
    ['<&-', { code: 7, stdout: '' }],
    ['</dev/null', { code: 7, stdout: '' }],
    ['>&-', { code: 7, stdout: '' }],
    ['2>&-', { code: 7, stdout: input, stderr: '' }],
    ['<&- >&- 2>&-', { code: 7, stdout: '', stderr: '' }],
    ['>/dev/full', { code: 1, stdout: '' }],
    ['2>/dev/full', { code: 7, stdout: input, stderr: '' }],
  ])('%s', async (redirections, expected) => {
    await on.startAgent('echo');
    expect(run(redirections)).toMatchObject(expected);
    expect(on.bundleRuns()).toBe(0);
  });

  test('a directory as standard input is told by the bundle', async () => {
    await on.startAgent('echo');
    const done = run('</run');
    expect(done.stderr).toContain('directory');
    expect(on.bundleRuns()).toBe(1);
  });

  test('a reader that went away is nobody’s error', async () => {
    await on.startAgent('much');
    const done = on.host.exec(['sh', '-c', `{ ${on.client} 2>/dev/null; echo $? >&2; } | true`], {
      input,
      env,
    });
    expect(done.stderr).toBe('0\n');
  });

  test('nothing is read from a terminal', async () => {
    const terminal = await on.startAgent('echo');
    const done = on.host.exec(['script', '-qec', on.client, '/dev/null'], { env });
    expect(done.code).toBe(7);
    await terminal.until('request TSN1 0');
  });
});
