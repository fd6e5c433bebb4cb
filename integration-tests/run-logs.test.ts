/** What a container writes: passed on, kept, and bounded. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { binFolder } from './private-host';
import { eventually, RunHost } from './run-host';

const tsnet = join(binFolder, 'tsnet');
const mebibyte = 1024 ** 2;

let host: RunHost;
beforeAll(async () => {
  host = await RunHost.create();
});
afterAll(() => host.destroy());

test('the output of a foreground container is kept, too, and that of its next start follows', () => {
  const args = ['--network', 'null', host.rootfs, 'sh', '-c', 'echo out; echo err >&2; exit 3'];
  const both = { stdout: 'out\n', stderr: 'err\n' };
  expect(host.tsnet('run', '--name', 'fore', ...args)).toEqual({ code: 3, ...both });
  expect(host.tsnet('logs', 'fore')).toEqual({ code: 0, ...both });
  host.must('start', 'fore');
  expect(host.tsnet('logs', '-f', 'fore')).toEqual({ code: 0, stdout: 'out\nout\n', stderr: 'err\nerr\n' });
  host.must('rm', 'fore');
});

test('a chatty container cannot fill the disk; whoever follows it misses nothing', () => {
  const lines = 900_000;
  const script = `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo "line number $i of many"; done`;
  const id = host.detach('chatty', script);
  const count = host.exec(['sh', '-c', '"$0" logs -f chatty | uniq | wc -l', tsnet]);
  expect(Number(count.stdout)).toBe(lines);
  const log = join(host.state, 'containers', id, 'stdout.log');
  expect(statSync(`${log}.1`).size).toBe(10 * mebibyte);
  expect(statSync(log).size).toBeLessThanOrEqual(10 * mebibyte);
  expect(host.must('logs', 'chatty')).toMatch(new RegExp(`line number ${lines} of many\n$`));
  host.must('rm', 'chatty');
  expect(host.traces()).toEqual([]);
});

test('all of the output arrives, however slow the reader and large the output', () => {
  const script = 'sleep 0.5; wc -c';
  const run = [tsnet, 'run', '--rm', '--network', 'null', host.rootfs, 'head', '-c', '25000000', '/dev/zero'];
  expect(host.exec(['sh', '-c', `"$@" | { ${script}; }`, '-', ...run]).stdout).toBe('25000000\n');
});

test('a reader that goes away ends the program, as in any pipeline', () => {
  const run = [tsnet, 'run', '--rm', '--network', 'null', host.rootfs, 'yes'];
  const done = host.exec(['sh', '-c', '"$@" | head -1', '-', ...run], { timeout: 20_000 });
  expect(done).toMatchObject({ code: 0, stdout: 'y\n' });
  expect(done.stderr).not.toContain('    at ');
});

test('a full disk stops neither the container nor its output', () => {
  host.host.sh('mkdir /run/full; mount -t tmpfs -o size=300k tmpfs /run/full');
  const env = { TSNET_STATE_DIR: '/run/full' };
  const args = ['run', '--rm', '--network', 'null', host.rootfs, 'head', '-c', '5000000', '/dev/zero'];
  const done = host.exec(['sh', '-c', '"$@" | wc -c', '-', tsnet, ...args], { env });
  expect(done).toEqual({ code: 0, stdout: '5000000\n', stderr: '' });
  expect(host.host.sh('ls /run/full/containers /run/full/names')).toBe(
    '/run/full/containers:\n\n/run/full/names:\n',
  );
});

test('log writers that are killed: the container finds its output closed, and can be started again', async () => {
  host.detach('muted', 'i=0; while :; do i=$((i+1)); echo $i || exit 9; sleep 0.02; done');
  const { Pid } = host.inspect('muted').State;
  const monitor = host.host.sh(`cut -d' ' -f4 /proc/${Pid}/stat`).trim();
  const children = host.host.sh(`cat /proc/${monitor}/task/${monitor}/children`).trim().split(' ');
  host.host.sh(`kill -9 ${children.filter((pid) => pid !== String(Pid)).join(' ')}`);
  await eventually('it has ended', () => host.inspect('muted').State.Status === 'exited');
  expect(host.inspect('muted').State.ExitCode).toBe(9);
  host.must('start', 'muted');
  expect(host.inspect('muted').State.Status).toBe('running');
  host.must('rm', '-f', 'muted');
  expect(host.traces()).toEqual([]);
});

test('a monitor takes less than a mebibyte of memory, and so does each writer of its logs', async () => {
  host.detach('small', 'sleep 60');
  const { Pid } = host.inspect('small').State;
  const monitor = host.host.sh(`cut -d' ' -f4 /proc/${Pid}/stat`).trim();
  await eventually('its monitor is ready', () =>
    host.host.sh(`readlink /proc/${monitor}/fd/1`).includes('/dev/null'),
  );
  const children = host.host.sh(`cat /proc/${monitor}/task/${monitor}/children`).trim().split(' ');
  const ours = [monitor, ...children.filter((pid) => pid !== String(Pid))];
  expect(ours).toHaveLength(3);
  for (const pid of ours) {
    const kibibytes = Number(/VmRSS:\s+(\d+) kB/.exec(host.host.sh(`cat /proc/${pid}/status`))?.[1]);
    expect(kibibytes).toBeGreaterThan(0);
    expect(kibibytes).toBeLessThan(1024);
  }
  host.must('rm', '-f', 'small');
  const isGone = (pid: string) => host.exec(['test', '-e', `/proc/${pid}`]).code !== 0;
  await eventually('they end with it', () => ours.every(isGone));
});
