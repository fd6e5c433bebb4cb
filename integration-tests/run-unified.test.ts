/** Containers on a host that has no cgroup hierarchy but v2. */
import { RunHost } from './run-host';

let host: RunHost;
beforeAll(async () => {
  host = await RunHost.create({ unifiedOnly: true });
});
afterAll(() => host.destroy());

test('a container begins at its own cgroup, which is the only hierarchy that it sees', () => {
  const { stdout } = host.script(
    'grep ^0 /proc/self/cgroup; ls -d /sys/fs/cgroup/*.procs; grep cgroup /proc/mounts',
  );
  expect(stdout).toMatch(
    /^0::\/\n\/sys\/fs\/cgroup\/cgroup.procs\ncgroup \/sys\/fs\/cgroup cgroup2 ro,[^\n]*\n$/,
  );
});

test('devices may be made, but only the standard ones may be opened', () => {
  const allowed = host.script(
    'head -c 1 /dev/zero | wc -c; echo x > /dev/null; mknod /tmp/null c 1 3 && echo x > /tmp/null',
  );
  expect(allowed).toEqual({ code: 0, stdout: '1\n', stderr: '' });
  const other = host.script('mknod /tmp/fuse c 10 229 && echo made; : < /tmp/fuse');
  expect(other).toMatchObject({ code: 1, stdout: 'made\n' });
  expect(other.stderr).toContain('Operation not permitted');
});

test('exec, stop and rm find their way', () => {
  host.detach('web', 'sleep 60');
  expect(host.must('exec', 'web', 'grep', '^0', '/proc/self/cgroup')).toBe('0::/\n');
  host.must('stop', '-t', '0', 'web');
  expect(host.inspect('web').State).toMatchObject({ Status: 'exited', ExitCode: 137 });
  host.must('rm', 'web');
  expect(host.traces()).toEqual([]);
});

test('a limit without its controller is an error, not ignored', () => {
  const done = host.script('true', '-m', '64m');
  if (host.host.sh('cat /sys/fs/cgroup/cgroup.controllers').includes('memory')) expect(done.code).toBe(0);
  else
    expect(done).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('no cgroup controller "memory"'),
    });
  expect(host.traces()).toEqual([]);
});
