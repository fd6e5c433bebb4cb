/** Containers outlive the commands that made them, and sandboxes outlive the processes in them. */
import { existsSync } from 'node:fs';
import { awaitExit, awaitOutput, eventually, RunHost } from './run-host';

let host: RunHost;
beforeAll(async () => {
  host = await RunHost.create();
});
afterAll(() => host.destroy());

function netnsOf(name: string): string {
  return host.must('exec', name, 'readlink', '/proc/self/ns/net').trim();
}

test('kill -9 of `tsnet run`: the state stays true', async () => {
  const script = 'echo ready; until [ -e /tmp/end ]; do sleep 0.05; done; exit 5';
  const child = host.start('run', '--name', 'orphan', '--network', 'null', host.rootfs, 'sh', '-c', script);
  await awaitOutput(child, 'ready');
  child.kill('SIGKILL');
  await awaitExit(child);
  expect(host.inspect('orphan').State.Status).toBe('running');
  host.must('exec', 'orphan', 'touch', '/tmp/end');
  await eventually('orphan has exited', () => host.inspect('orphan').State.Status === 'exited');
  expect(host.inspect('orphan').State.ExitCode).toBe(5);
  host.must('rm', 'orphan');
  expect(host.traces()).toEqual([]);
});

test('kill -9 of the monitor: the container is running, then dead, and can be removed', async () => {
  host.detach('unwatched', 'sleep 60');
  const { Pid } = host.inspect('unwatched').State;
  const monitor = host.host.sh(`cut -d' ' -f4 /proc/${Pid}/stat`).trim();
  host.host.sh(`kill -9 ${monitor}`);
  expect(host.inspect('unwatched').State).toMatchObject({ Status: 'running', Pid });
  host.must('kill', 'unwatched');
  await eventually('unwatched is dead', () => host.inspect('unwatched').State.Status === 'dead');
  host.must('rm', 'unwatched');
  expect(host.traces()).toEqual([]);
});

test('--rm removes a detached container when it ends', async () => {
  host.detach('passing', 'sleep 0.2', '--rm');
  await eventually('passing is gone', () => host.traces().length === 0);
});

test('--rm removes a container whose `tsnet run` was killed', async () => {
  const args = ['run', '--rm', '--network', 'null', host.rootfs, 'sh', '-c', 'echo ready; sleep 0.5'];
  const child = host.start(...args);
  await awaitOutput(child, 'ready');
  child.kill('SIGKILL');
  await eventually('it is gone', () => host.traces().length === 0);
});

test('rm -f leaves no trace of processes, cgroups, mounts, namespaces and files', async () => {
  const id = host.detach('busy', 'sleep 60 & sleep 60 & sleep 60');
  const { State, HostConfig, NetworkSettings } = host.inspect('busy');
  const monitor = host.host.sh(`cut -d' ' -f4 /proc/${State.Pid}/stat`).trim();
  const cgroups = () => host.host.sh(`find /sys/fs/cgroup -path '*${HostConfig.CgroupPath}' -type d`);
  expect(cgroups()).not.toBe('');
  expect(existsSync(`/proc/${monitor}`)).toBe(true);
  host.must('rm', '-f', 'busy');
  expect(cgroups()).toBe('');
  const gone = (path: string) => !existsSync(path);
  expect(gone(`/proc/${State.Pid}`)).toBe(true);
  expect(host.host.sh(`ls ${NetworkSettings.SandboxKey} 2>/dev/null || true`)).toBe('');
  await eventually('its monitor is gone', () => gone(`/proc/${monitor}`));
  expect(host.host.sh('cat /proc/self/mountinfo')).not.toContain(id);
  expect(host.traces()).toEqual([]);
});

test('those who joined a sandbox stay connected when its container is restarted', () => {
  host.detach('server', 'sleep 60');
  host.detach('joiner', 'nc -l -p 80 -e cat', '--network', 'container:server');
  const namespace = netnsOf('server');
  expect(netnsOf('joiner')).toBe(namespace);
  expect(host.must('exec', 'joiner', 'hostname')).toBe(host.must('exec', 'server', 'hostname'));

  host.must('restart', '-t', '0', 'server');
  expect(netnsOf('server')).toBe(namespace);
  const reply = host.tsnet('exec', 'server', 'sh', '-c', 'echo hello | nc -w 2 127.0.0.1 80');
  expect(reply.stdout).toBe('hello\n');
  host.must('rm', '-f', 'joiner', 'server');
  expect(host.traces()).toEqual([]);
});

test('joining a container that is not there is refused', () => {
  const done = host.tsnet('run', '--network', 'container:nobody', host.rootfs, 'true');
  expect(done).toMatchObject({ code: 125 });
  expect(done.stderr).toContain('find container "nobody": no such container');
});

test('ten containers started at once', async () => {
  const args = ['run', '--rm', '--network', 'null', '-m', '32m', host.rootfs, 'sh', '-c', 'exit 4'];
  const exits = Array.from({ length: 10 }, () => awaitExit(host.start(...args)));
  expect(await Promise.all(exits)).toEqual(Array(10).fill(4));
  expect(host.traces()).toEqual([]);
});

test('kill -9 of `tsnet run` at any moment: rm removes what there is, the name is free again', async () => {
  const args = ['--name', 'unlucky', '--network', 'null', host.rootfs, 'sleep', '60'];
  for (let moment = 0; moment < 12; moment++) {
    const child = host.start('run', ...args);
    await new Promise((resolve) => setTimeout(resolve, 120 + moment * 30));
    child.kill('SIGKILL');
    await awaitExit(child);
    host.tsnet('rm', '-f', 'unlucky');
  }
  host.must('run', '--rm', ...args.slice(0, -2), 'true');
  expect(host.traces()).toEqual([]);
});
