/** The native client: who serves a call, whatever the agent does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClientFolder, clientSource } from './client-folder';
import { parseDocument } from './cni-call';
import { type Behaviour, FakeAgent } from './fake-agent';
import { type Outcome, PrivateHost } from './private-host';

const env = { CNI_COMMAND: 'ADD', CNI_ARGS: 'A=1', TRACEPARENT: '00-1-2-00' };
const input = '{"cniVersion":"1.1.0","name":"n"}';

let host: PrivateHost;
let folder: ClientFolder;
let client: string;
let hasty: string;
let agent: FakeAgent | undefined;

beforeAll(async () => {
  host = await PrivateHost.create();
  folder = new ClientFolder();
  client = join(folder.path, 'echo');
  hasty = folder.installHasty('hasty');
});
afterEach(async () => {
  await agent?.kill();
  agent = undefined;
  host.sh('rm -rf /run/tsnet /run/bundle-runs');
});
afterAll(() => {
  folder.remove();
  host.destroy();
});

async function startAgent(behaviour: Behaviour, uid?: number): Promise<FakeAgent> {
  agent = await FakeAgent.start(host, behaviour, uid);
  return agent;
}

/** How often the bundle ran. */
function bundleRuns(): number {
  return host.sh('cat /run/bundle-runs 2>/dev/null || true').split('\n').length - 1;
}

function expectBundle(done: Outcome, expected = input): void {
  expect(done).toEqual({ code: 3, stdout: expected, stderr: 'bundle\n' });
  expect(bundleRuns()).toBe(1);
}

function expectError(done: Outcome, code: number, msg: string): void {
  expect(done.code).toBe(1);
  expect(parseDocument(done.stdout)).toEqual({ cniVersion: '1.1.0', code, msg });
  expect(bundleRuns()).toBe(0);
}

describe('without an agent', () => {
  test('the bundle serves', () => {
    expectBundle(host.exec([client], { input, env }));
  });

  test('the bundle serves beside a socket that nobody listens on', async () => {
    const dead = await startAgent('echo');
    await dead.kill();
    host.sh('test -S /run/tsnet/agent.sock');
    expectBundle(host.exec([client], { input, env }));
  });

  test('the bundle serves beside a file that is no socket', () => {
    host.sh('mkdir /run/tsnet; touch /run/tsnet/agent.sock');
    expectBundle(host.exec([client], { input, env }));
  });

  test('a bundle that is not there is one clear error', () => {
    const bare = folder.install('bare');
    expectError(
      host.exec([bare], { input, env }),
      999,
      `execute "${join(folder.bundles, 'bare')}": it or its interpreter is not there; install tsnet again`,
    );
  });

  test('a bundle that cannot be executed is one clear error', () => {
    folder.install('broken');
    folder.writeBundle('broken', '');
    host.sh(`chmod 0644 ${folder.bundles}/broken`);
    expectError(
      host.exec([join(folder.path, 'broken')], { input, env }),
      999,
      `execute "${join(folder.bundles, 'broken')}": the kernel refuses it`,
    );
  });
});

describe('with an agent', () => {
  test.each<Behaviour>(['echo', 'echo-in-pieces'])('%s: the agent serves', async (behaviour) => {
    await startAgent(behaviour);
    const done = host.exec([client], { input, env });
    expect(done).toMatchObject({ code: 7, stdout: input });
    const [build, type, ...variables] = done.stderr.split('\0').slice(0, -1);
    expect([build, type]).toEqual([folder.bundles.split('/').at(-2), 'echo']);
    expect(variables.sort()).toEqual(['CNI_ARGS=A=1', 'CNI_COMMAND=ADD', 'TRACEPARENT=00-1-2-00']);
    expect(bundleRuns()).toBe(0);
  });

  test('a long answer comes whole', async () => {
    await startAgent('much');
    const expected = [...'abcde'].map((letter) => letter.repeat(1e6)).join('');
    const done = host.exec([client], { input, env });
    expect(done.code).toBe(0);
    expect(done.stdout === expected && done.stderr === expected).toBe(true);
  });

  test.each([0, 1, 70_000, 10_000_000, 16 * 1024 * 1024])('%i bytes of input arrive', async (size) => {
    const echo = await startAgent('echo');
    const text = 'x'.repeat(size);
    const done = host.exec([client], { input: text, env });
    expect(done.code).toBe(7);
    expect(done.stdout === text).toBe(true);
    await echo.until(`request TSN1 ${size}`);
  });

  test('64 calls at once get their own answers', async () => {
    await startAgent('echo');
    const calls = Array.from({ length: 64 }, (_, i) => host.execAsync([client], { input: `${i}`, env }));
    const answers = (await Promise.all(calls)).map(({ code, stdout }) => [code, stdout]);
    expect(answers).toEqual(Array.from({ length: 64 }, (_, i) => [7, `${i}`]));
    expect(bundleRuns()).toBe(0);
  });

  test.each<Behaviour>(['refuse', 'refuse-unread', 'close', 'garbage'])(
    '%s: the bundle serves',
    async (behaviour) => {
      await startAgent(behaviour);
      expectBundle(host.exec([client], { input, env }));
    },
  );

  test.each([0, 70_000, 10_000_000])('the bundle gets all %i bytes of input back', async (size) => {
    await startAgent('refuse');
    expectBundle(host.exec([client], { input: 'x'.repeat(size), env }), 'x'.repeat(size));
  });

  test('only root’s agent is trusted', async () => {
    const other = await startAgent('echo', 65534);
    expectBundle(host.exec([client], { input, env }));
    await other.until('closed');
    expect(other.lines).toEqual(['closed']);
  });

  test.each<Behaviour>(['accept-die', 'accept-half', 'accept-garbage', 'accept-too-much'])(
    '%s: one error object, and no second run',
    async (behaviour) => {
      await startAgent(behaviour);
      expectError(host.exec([client], { input, env }), 11, 'call agent: it ended before it had answered');
    },
  );
});

describe('patience', () => {
  /** The hasty client, held up for a second at one of its system calls: while an agent answers that takes half a second. */
  const delayed = (where: string) =>
    host.exec(['strace', '-qq', '-o', '/run/strace', '-e', `inject=${where}=1000000`, hasty], { input, env });

  test('with an agent that never says anything ends: the bundle serves', async () => {
    await startAgent('silent');
    expectBundle(host.exec([hasty], { input, env }));
  });

  test('an agent cannot accept what the client has given up', async () => {
    const late = await startAgent('late');
    expectBundle(host.exec([hasty], { input, env }));
    await late.until('late: EPIPE');
  });

  test('an agent cannot accept between the last look and the bundle', async () => {
    const tardy = await startAgent('half-a-second');
    expectBundle(delayed('lseek:delay_enter'));
    await tardy.until('answer: EPIPE');
  });

  test('what an agent accepted before the last look counts', async () => {
    await startAgent('half-a-second');
    expect(delayed('shutdown:delay_enter')).toMatchObject({ code: 7, stdout: input });
    expect(bundleRuns()).toBe(0);
  });

  test('an agent that was stopped cannot accept afterwards', async () => {
    const stopped = await startAgent('echo');
    stopped.process.kill('SIGSTOP');
    expectBundle(host.exec([hasty], { input, env }));
    stopped.process.kill('SIGCONT');
    await stopped.until('closed');
    expect(bundleRuns()).toBe(1);
  });

  test('a word that came while the client was stopped counts', async () => {
    const patient = await startAgent('echo-on-signal');
    const child = host.start([hasty], { input, env });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await patient.until('request');
    child.kill('SIGSTOP');
    patient.process.kill('SIGUSR2');
    await patient.until('request');
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGCONT');
    expect(await ended).toBe(7);
    expect(bundleRuns()).toBe(0);
  });

  test('with an answer ends in one error', async () => {
    await startAgent('accept-silent');
    expectError(host.exec([hasty], { input, env }), 11, 'call agent: it has not answered in time');
  });

  test('with standard input ends in one error', async () => {
    await startAgent('echo');
    const done = host.exec(['sh', '-c', `mkfifo /run/endless; exec ${hasty} 0<>/run/endless`], { env });
    expectError(done, 5, 'read standard input: it does not end');
  });
});

describe('the process', () => {
  test('a client that is killed closes its connection', async () => {
    const slow = await startAgent('accept-silent');
    const child = host.start([client], { input, env });
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    await slow.until('request');
    child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
    await slow.until('closed');
    expect(bundleRuns()).toBe(0);
  });

  test.each([
    ['nothing', ''],
    ['the parent folder', '..'],
    ['a hidden file', '.tsnet'],
    ['a folder', 'a/'],
    ['a name that no file can have', 'x'.repeat(300)],
  ])('started as %s: one clear error', (_, name) => {
    const done = host.exec(['bash', '-c', `exec -a "$0" ${client}`, name], { env });
    expectError(done, 999, 'read own name: it is not that of a CNI type');
  });

  test('a name with quotes and control characters is told in valid JSON', () => {
    const done = host.exec(['bash', '-c', `exec -a "$0" ${client}`, 'a"\\\n\u00fc'], { env });
    expect(parseDocument(done.stdout).msg).toContain('/bin/a"\\???": it or its interpreter');
  });

  test.each([
    ['a TSNET_ variable is set', { ...env, TSNET_NO_FFI: '1' }],
    ['no command is given', { CNI_ARGS: 'A=1' }],
    ['the command is empty', { CNI_COMMAND: '' }],
  ])('when %s, the agent is not asked', async (_, variables) => {
    const echo = await startAgent('echo');
    expectBundle(host.exec([client], { input, env: variables as Record<string, string> }));
    host.exec([client], { input: 'asked', env });
    await echo.until('closed');
    expect(echo.lines).toEqual(['request TSN1 5', 'closed']);
  });

  test('a head that is too large for the protocol is the bundle’s', async () => {
    await startAgent('echo');
    const large = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`CNI_${i}`, 'x'.repeat(100_000)]));
    expectBundle(host.exec([client], { input, env: { ...env, ...large } }));
  });

  test('input that is too large for the protocol is refused', async () => {
    await startAgent('echo');
    const done = host.exec([client], { input: 'x'.repeat(16 * 1024 * 1024 + 1), env });
    expectError(done, 5, 'read standard input: it is over 16 MiB');
  });

  test.each<Behaviour | 'none'>(['none', 'refuse'])(
    'agent %s: the bundle gets the environment and no further descriptor',
    async (behaviour) => {
      if (behaviour !== 'none') await startAgent(behaviour);
      const run = (path: string) =>
        host.exec([join(path, 'probe')], {
          input,
          env: { ...env, NODE_OPTIONS: '--max-old-space-size=99', NODE_EXTRA_CA_CERTS: '/nowhere' },
        });
      const [direct, through] = [run(folder.bundles), run(folder.path)].map(({ stdout }) =>
        stdout.split('\n'),
      );
      expect(direct).toContain('NODE_EXTRA_CA_CERTS=/nowhere');
      expect(through).toEqual(direct!.filter((line) => !line.startsWith('NODE_EXTRA_CA_CERTS=')));
    },
  );

  test('a reader of the bundle’s output that went away is told to the bundle', async () => {
    await startAgent('refuse');
    folder.install('yes');
    folder.writeBundle('yes', '#!/bin/sh\nexec yes\n');
    const script = `{ ${folder.path}/yes; echo $? >&2; } | true`;
    expect(host.exec(['sh', '-c', script], { input, env }).stderr).toBe('141\n');
  });
});

describe('standard streams', () => {
  const run = (redirections: string) => host.exec(['sh', '-c', `${client} ${redirections}`], { input, env });

  test.each<[string, Partial<Outcome>]>([
    ['<&-', { code: 7, stdout: '' }],
    ['</dev/null', { code: 7, stdout: '' }],
    ['>&-', { code: 7, stdout: '' }],
    ['2>&-', { code: 7, stdout: input, stderr: '' }],
    ['<&- >&- 2>&-', { code: 7, stdout: '', stderr: '' }],
    ['>/dev/full', { code: 1, stdout: '' }],
    ['2>/dev/full', { code: 7, stdout: input, stderr: '' }],
  ])('%s', async (redirections, expected) => {
    await startAgent('echo');
    expect(run(redirections)).toMatchObject(expected);
    expect(bundleRuns()).toBe(0);
  });

  test('a directory as standard input is told by the bundle', async () => {
    await startAgent('echo');
    const done = run('</run');
    expect(done.stderr).toContain('directory');
    expect(bundleRuns()).toBe(1);
  });

  test('a reader that went away is nobody’s error', async () => {
    await startAgent('much');
    const done = host.exec(['sh', '-c', `{ ${client} 2>/dev/null; echo $? >&2; } | true`], { input, env });
    expect(done.stderr).toBe('0\n');
  });

  test('nothing is read from a terminal', async () => {
    const terminal = await startAgent('echo');
    const done = host.exec(['script', '-qec', client, '/dev/null'], { env });
    expect(done.code).toBe(7);
    await terminal.until('request TSN1 0');
  });
});

test('the client stays small enough to be read: under 200 lines, and under 16 KiB', () => {
  expect(readFileSync(clientSource, 'utf8').split('\n').length - 1).toBeLessThan(200);
  expect(readFileSync(client).length).toBeLessThan(16 * 1024);
});
