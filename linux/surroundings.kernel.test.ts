import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { enterPrivateHost } from './private-host';
import { areEqual, getSurroundings } from './surroundings';

beforeAll(() => enterPrivateHost());

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts a shell that says when it runs, and waits for that. */
async function start(...before: string[]): Promise<number> {
  const argv = [...before, 'busybox', 'sh', '-c', 'echo; read line'];
  const child = spawn(argv[0]!, argv.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout!, 'data');
  return child.pid!;
}

test('a child has the surroundings of its parent', async () => {
  const pid = await start();
  expect(areEqual(getSurroundings(pid), getSurroundings('self'))).toBe(true);
});

test.each([
  ['network namespace', ['unshare', '--net']],
  ['mount namespace', ['unshare', '--mount']],
])('a process in another %s has others', async (_what, before) => {
  const pid = await start(...before);
  expect(areEqual(getSurroundings(pid), getSurroundings('self'))).toBe(false);
});

test('a process under another root has others', async () => {
  mkdirSync('/run/root/bin', { recursive: true });
  const script = 'cp "$(command -v busybox)" /run/root/bin/; exec chroot /run/root "$@"';
  const pid = await start('sh', '-c', script, 'sh', '/bin/busybox', 'env', 'PATH=/bin');
  expect(areEqual(getSurroundings(pid), getSurroundings('self'))).toBe(false);
});

test('a process that is none has none', () => {
  expect(() => getSurroundings(2 ** 22 + 1)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});
