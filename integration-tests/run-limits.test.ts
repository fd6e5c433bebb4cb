/** Limits, each proven by a program that exceeds it. */
import { RunHost } from './run-host';

let host: RunHost;
beforeAll(async () => {
  host = await RunHost.create();
});
afterAll(() => host.destroy());

test('memory: the program is killed', () => {
  const args = ['--rm', '--network', 'null', '-m', '16m', host.rootfs, 'tail', '/dev/zero'];
  expect(host.tsnet('run', ...args).code).toBe(137);
});

test('pids: no more processes than allowed', () => {
  const script = 'i=0; while [ $i -lt 20 ]; do sleep 5 & i=$((i+1)); done';
  expect(host.script(script, '--pids-limit', '6').stderr).toContain("can't fork");
  expect(host.script(script).stderr).toBe('');
});

test('cpus: the program is throttled', () => {
  const burn = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done';
  const stat = 'cat /sys/fs/cgroup/cpu*/cpu.stat /sys/fs/cgroup/cpu.stat 2>/dev/null';
  const throttled = (...options: string[]) =>
    Number(/nr_throttled (\d+)/.exec(host.script(`${burn}; ${stat}`, ...options).stdout)?.[1]);
  expect(throttled('--cpus', '0.2')).toBeGreaterThan(0);
  expect(throttled()).toBe(0);
});

test.each([
  [['-m', '1m'], 'limit memory to "1m"'],
  [['--cpus', 'x'], 'limit cpus to "x"'],
  [['--pids-limit', 'x'], 'limit pids to "x"'],
])('%j is refused before anything is made', (options, cause) => {
  const done = host.script('true', ...options);
  expect(done.code).toBe(125);
  expect(done.stderr).toContain(cause);
  expect(host.traces()).toEqual([]);
});
