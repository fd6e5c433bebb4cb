/** The native client: who serves a call, whatever the agent does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientSource } from './client-folder';
import { ClientHost, env, input } from './client-suite';
import type { Behaviour } from './fake-agent';

let on: ClientHost;
let hasty: string;
beforeAll(async () => {
  on = await ClientHost.create();
  hasty = on.folder.installHasty('hasty');
});
afterEach(() => on.clear());
afterAll(() => on.destroy());

describe('without an agent', () => {
  test('the bundle serves', () => {
    on.expectBundle(on.host.exec([on.client], { input, env }));
  });

  test('the bundle serves beside a socket that nobody listens on', async () => {
    const dead = await on.startAgent('echo');
    await dead.kill();
    on.host.sh('test -S /run/tsnet/agent.sock');
    on.expectBundle(on.host.exec([on.client], { input, env }));
  });

  test('the bundle serves beside a file that is no socket', () => {
    on.host.sh('mkdir /run/tsnet; touch /run/tsnet/agent.sock');
    on.expectBundle(on.host.exec([on.client], { input, env }));
  });

  test('a bundle that is not there is one clear error', () => {
    const bare = on.folder.install('bare');
    on.expectError(
      on.host.exec([bare], { input, env }),
      999,
      `execute "${join(on.folder.bundles, 'bare')}": it or its interpreter is not there; install tsnet again`,
    );
  });

  test('a bundle that cannot be executed is one clear error', () => {
    on.folder.install('broken');
    on.folder.writeBundle('broken', '');
    on.host.sh(`chmod 0644 ${on.folder.bundles}/broken`);
    on.expectError(
      on.host.exec([join(on.folder.path, 'broken')], { input, env }),
      999,
      `execute "${join(on.folder.bundles, 'broken')}": the kernel refuses it`,
    );
  });
});

describe('with an agent', () => {
  test.each<Behaviour>(['echo', 'echo-in-pieces'])('%s: the agent serves', async (behaviour) => {
    await on.startAgent(behaviour);
    const done = on.host.exec([on.client], { input, env });
    expect(done).toMatchObject({ code: 7, stdout: input });
    const [build, type, ...variables] = done.stderr.split('\0').slice(0, -1);
    expect([build, type]).toEqual([on.folder.bundles.split('/').at(-2), 'echo']);
    expect(variables.sort()).toEqual(['CNI_ARGS=A=1', 'CNI_COMMAND=ADD', 'TRACEPARENT=00-1-2-00']);
    expect(on.bundleRuns()).toBe(0);
  });

  test('a long answer comes whole', async () => {
    await on.startAgent('much');
    const expected = [...'abcde'].map((letter) => letter.repeat(1e6)).join('');
    const done = on.host.exec([on.client], { input, env });
    expect(done.code).toBe(0);
    expect(done.stdout === expected && done.stderr === expected).toBe(true);
  });

  test.each([0, 1, 70_000, 10_000_000, 16 * 1024 * 1024])('%i bytes of input arrive', async (size) => {
    const echo = await on.startAgent('echo');
    const text = 'x'.repeat(size);
    const done = on.host.exec([on.client], { input: text, env });
    expect(done.code).toBe(7);
    expect(done.stdout === text).toBe(true);
    await echo.until(`request TSN1 ${size}`);
  });

  test('64 calls at once get their own answers', async () => {
    await on.startAgent('echo');
    const calls = Array.from({ length: 64 }, (_, i) =>
      on.host.execAsync([on.client], { input: `${i}`, env }),
    );
    const answers = (await Promise.all(calls)).map(({ code, stdout }) => [code, stdout]);
    expect(answers).toEqual(Array.from({ length: 64 }, (_, i) => [7, `${i}`]));
    expect(on.bundleRuns()).toBe(0);
  });

  test.each<Behaviour>(['refuse', 'refuse-unread', 'close', 'garbage'])(
    '%s: the bundle serves',
    async (behaviour) => {
      await on.startAgent(behaviour);
      on.expectBundle(on.host.exec([on.client], { input, env }));
    },
  );

  test.each([0, 70_000, 10_000_000])('the bundle gets all %i bytes of input back', async (size) => {
    await on.startAgent('refuse');
    on.expectBundle(on.host.exec([on.client], { input: 'x'.repeat(size), env }), 'x'.repeat(size));
  });

  test('only root’s agent is trusted', async () => {
    const other = await on.startAgent('echo', 65534);
    on.expectBundle(on.host.exec([on.client], { input, env }));
    await other.until('closed');
    expect(other.lines).toEqual(['closed']);
  });

  test.each<Behaviour>(['accept-die', 'accept-half', 'accept-garbage', 'accept-too-much'])(
    '%s: one error object, and no second run',
    async (behaviour) => {
      await on.startAgent(behaviour);
      on.expectError(
        on.host.exec([on.client], { input, env }),
        11,
        'call agent: it ended before it had answered',
      );
    },
  );
});

describe('patience', () => {
  /** The hasty client, held up for a second at one of its system calls: while an agent answers that takes half a second. */
  const delayed = (where: string) =>
    on.host.exec(['strace', '-qq', '-o', '/run/strace', '-e', `inject=${where}=1000000`, hasty], {
      input,
      env,
    });

  test('with an agent that never says anything ends: the bundle serves', async () => {
    await on.startAgent('silent');
    on.expectBundle(on.host.exec([hasty], { input, env }));
  });

  test('an agent cannot accept what the client has given up', async () => {
    const late = await on.startAgent('late');
    on.expectBundle(on.host.exec([hasty], { input, env }));
    await late.until('late: EPIPE');
  });

  test('an agent cannot accept between the last look and the bundle', async () => {
    const tardy = await on.startAgent('half-a-second');
    on.expectBundle(delayed('lseek:delay_enter'));
    await tardy.until('answer: EPIPE');
  });

  test('what an agent accepted before the last look counts', async () => {
    await on.startAgent('half-a-second');
    expect(delayed('shutdown:delay_enter')).toMatchObject({ code: 7, stdout: input });
    expect(on.bundleRuns()).toBe(0);
  });

  test('an agent that was stopped cannot accept afterwards', async () => {
    const stopped = await on.startAgent('echo');
    stopped.process.kill('SIGSTOP');
    on.expectBundle(on.host.exec([hasty], { input, env }));
    stopped.process.kill('SIGCONT');
    await stopped.until('closed');
    expect(on.bundleRuns()).toBe(1);
  });

  test('a word that came while the client was stopped counts', async () => {
    const patient = await on.startAgent('echo-on-signal');
    const child = on.host.start([hasty], { input, env });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await patient.until('request');
    child.kill('SIGSTOP');
    patient.process.kill('SIGUSR2');
    await patient.until('request');
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGCONT');
    expect(await ended).toBe(7);
    expect(on.bundleRuns()).toBe(0);
  });

  test('with an answer ends in one error', async () => {
    await on.startAgent('accept-silent');
    on.expectError(on.host.exec([hasty], { input, env }), 11, 'call agent: it has not answered in time');
  });

  test('with standard input ends in one error', async () => {
    await on.startAgent('echo');
    const done = on.host.exec(['sh', '-c', `mkfifo /run/endless; exec ${hasty} 0<>/run/endless`], { env });
    on.expectError(done, 5, 'read standard input: it does not end');
  });
});

test('the client stays small enough to be read: under 200 lines, and under 16 KiB', () => {
  expect(readFileSync(clientSource, 'utf8').split('\n').length - 1).toBeLessThan(200);
  expect(readFileSync(on.client).length).toBeLessThan(16 * 1024);
});
