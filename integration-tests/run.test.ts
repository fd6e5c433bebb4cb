/** `tsnet run` and the verbs around it, as a person uses them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { awaitExit, awaitOutput, RunHost } from './run-host';

let host: RunHost;
beforeAll(async () => {
  host = await RunHost.create();
});
afterAll(() => host.destroy());

describe('exit codes', () => {
  const rootfs = () => host.rootfs;
  test.each<[string, () => string[], number]>([
    ['of the program', () => [rootfs(), 'sh', '-c', 'exit 7'], 7],
    ['of a program ended by a signal', () => [rootfs(), 'sh', '-c', 'sh -c "kill -9 \\$\\$"; exit $?'], 137],
    ['of a program that does not exist', () => [rootfs(), 'nonexistent'], 127],
    ['of a file that is no program', () => [rootfs(), '/etc/passwd'], 126],
    ['of an image that does not exist', () => ['nonexistent'], 125],
    ['of an option with a wrong value', () => ['-m', 'much', rootfs()], 125],
    ['of an unknown option', () => ['--bad', rootfs()], 125],
  ])('%s', (_, args, code) => {
    expect(host.tsnet('run', '--rm', '--network', 'null', ...args())).toMatchObject({ code });
    expect(host.traces()).toEqual([]);
  });
});

test('standard streams pass through, arguments arrive as they are', () => {
  const args = [
    'run',
    '--rm',
    '-i',
    '--network',
    'null',
    host.rootfs,
    'sh',
    '-c',
    'cat; echo "$@" >&2',
    '-',
    '-v',
    '--rm',
    '5',
  ];
  const done = host.exec([join(__dirname, '../dist/bin/tsnet'), ...args], { input: 'in and out' });
  expect(done).toEqual({ code: 0, stdout: 'in and out', stderr: '-v --rm 5\n' });
});

test('environment, host name and working directory', () => {
  const done = host.script(
    'echo $A; hostname; cat /etc/hostname; pwd; echo $HOME',
    '-e',
    'A=b',
    '--hostname',
    'web',
  );
  expect(done.stdout).toBe('b\nweb\nweb\n/\n/root\n');
});

test('every namespace is its own, except those that were asked to be shared', () => {
  const namespaces = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'uts'];
  const script = `for n in ${namespaces.join(' ')}; do readlink /proc/self/ns/$n; done`;
  const outside = host.host.sh(script).split('\n');
  const inside = host.script(script).stdout.split('\n');
  expect(inside.filter((name) => name !== '' && outside.includes(name))).toEqual([]);
  const shared = host.tsnet('run', '--rm', '--network', 'host', host.rootfs, 'readlink', '/proc/self/ns/net');
  expect(outside).toContain(shared.stdout.trim());
});

test('the null network has a loopback interface that is up, and nothing else', () => {
  const { stdout } = host.script('ls /sys/class/net; ping -c 1 -W 1 127.0.0.1 >/dev/null && echo reachable');
  expect(stdout).toBe('lo\nreachable\n');
});

test('what a container writes is not in its image', () => {
  host.script('echo x > /tmp/written; rm /etc/passwd');
  expect(host.script('ls /tmp /etc/passwd').stdout).toBe(
    '/etc/passwd\n\n/tmp:\n'.replace('\n\n/tmp:\n', '\n\n/tmp:\n'),
  );
});

test('volumes: read-write, read-only, files, missing mount points', () => {
  const source = join(host.folder, 'volume');
  mkdirSync(source);
  writeFileSync(join(source, 'file'), 'content');
  const options = [
    '-v',
    `${source}:/deep/er/rw`,
    '-v',
    `${source}:/ro:ro`,
    '-v',
    `${source}/file:/a/file:ro`,
  ];
  const script = 'cat /a/file /ro/file; echo new > /deep/er/rw/new; echo x > /ro/x; echo x > /a/file; ls /ro';
  const { stdout, stderr } = host.script(script, ...options);
  expect(stdout).toBe('contentcontentfile\nnew\n');
  expect(stderr.match(/Read-only file system/g)).toHaveLength(2);
});

test('TERM for `tsnet run` reaches the first process', async () => {
  const script = 'trap "exit 42" TERM; echo ready; while :; do sleep 0.05; done';
  const child = host.start('run', '--rm', '--network', 'null', host.rootfs, 'sh', '-c', script);
  await awaitOutput(child, 'ready');
  child.kill('SIGTERM');
  expect(await awaitExit(child)).toBe(42);
  expect(host.traces()).toEqual([]);
});

test('a detached container: ps, exec, logs, inspect, stop, start, rm', () => {
  const script =
    'echo out; echo err >&2; echo $$ > /tmp/pid; trap "exit 3" TERM; while :; do sleep 0.05; done';
  const id = host.detach('web', script);
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(host.must('ps')).toContain('web');
  expect(host.tsnet('run', '--name', 'web', '--network', 'null', host.rootfs).stderr).toContain(
    'the name is in use',
  );

  expect(
    host.tsnet('exec', '-e', 'A=b', 'web', 'sh', '-c', 'hostname; cat /tmp/pid; echo $A; exit 9'),
  ).toEqual({
    code: 9,
    stdout: `${id.slice(0, 12)}\n1\nb\n`,
    stderr: '',
  });
  expect(host.tsnet('exec', 'web', 'nonexistent').code).toBe(127);
  expect(host.inspect('web').State).toMatchObject({ Status: 'running', ExitCode: 0 });
  expect(host.tsnet('rm', 'web')).toMatchObject({ code: 1, stderr: expect.stringContaining('use -f') });

  host.must('stop', 'web');
  expect(host.must('ps')).not.toContain('web');
  expect(host.must('ps', '-a')).toContain('Exited (3)');
  expect(host.tsnet('exec', 'web', 'true')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not running'),
  });
  expect(host.tsnet('exec', 'nobody', 'true').code).toBe(1);

  host.must('start', id.slice(0, 12));
  expect(host.tsnet('exec', 'web', 'cat', '/tmp/pid').stdout).toBe('1\n');
  host.must('kill', '-s', 'TERM', 'web');
  expect(host.tsnet('logs', '-f', 'web')).toMatchObject({ stdout: 'out\nout\n', stderr: 'err\nerr\n' });
  host.must('rm', 'web');
  expect(host.traces()).toEqual([]);
});

test('images: import of a directory and of an archive', () => {
  host.host.sh(`tar -C '${host.rootfs}' -cf '${host.folder}/rootfs.tar' .`);
  host.must('import', host.rootfs, 'small');
  host.must('import', join(host.folder, 'rootfs.tar'), 'small:tar');
  expect(host.must('images')).toMatch(/small +latest.*\nsmall +tar/);
  for (const image of ['small', 'small:tar'])
    expect(host.must('run', '--rm', '--network', 'null', image, 'echo', 'hi')).toBe('hi\n');
});

test.each([
  ['../x', 'use container name'],
  ['-x', 'use container name'],
  ['a\nb', 'use container name'],
  ['x'.repeat(300), 'use container name'],
])('the name %j is refused', (name, cause) => {
  const done = host.tsnet('run', `--name=${name}`, '--network', 'null', host.rootfs, 'true');
  expect(done.code).toBe(125);
  expect(done.stderr).toContain(cause);
  expect(host.traces()).toEqual([]);
});
