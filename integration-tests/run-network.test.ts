/** Networks of containers: the built-in bridge, a configured one, published ports. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, RunHost } from './run-host';

const server = 'while :; do echo hello | nc -l -p 80; done';

let host: RunHost;
beforeAll(async () => {
  host = await RunHost.create();
  mkdirSync(join(host.folder, 'net.d'));
  const bridge = { type: 'bridge', bridge: 'blue0', isGateway: true };
  const ipam = { type: 'host-local', ranges: [[{ subnet: '10.77.0.0/24' }]] };
  const blue = { cniVersion: '1.0.0', name: 'blue', plugins: [{ ...bridge, ipam }] };
  writeFileSync(join(host.folder, 'net.d/blue.conflist'), JSON.stringify(blue));
});
afterAll(() => host.destroy());

function addressOf(name: string): string {
  return host.inspect(name).NetworkSettings.IPAddress;
}

function ask(address: string, port = 80): string {
  return host.host.exec(['busybox', 'nc', '-w', '2', address, String(port)]).stdout;
}

test('bridge: an address of docker0, reachable by its peers and by the host, named in /etc/hosts', async () => {
  host.detach('web', server, '--network', 'bridge', '--hostname', 'web');
  host.detach('peer', 'sleep 60', '--network', 'bridge');
  expect(addressOf('web')).toMatch(/^172\.17\.0\.\d+$/);
  expect(addressOf('peer')).not.toBe(addressOf('web'));
  const answers = (name: string) =>
    host.tsnet('exec', 'peer', 'nc', '-w', '2', name, '80').stdout === 'hello\n';
  await eventually('web answers its peer', () => answers(addressOf('web')));
  expect(host.must('exec', 'web', 'cat', '/etc/hosts')).toContain(`${addressOf('web')}\tweb`);
  expect(host.must('exec', 'web', 'ip', 'route')).toContain('default via 172.17.0.1');
  const { Id, NetworkSettings } = host.inspect('web');
  host.must('check', 'docker0', NetworkSettings.SandboxKey, '--container-id', Id);
  expect(host.must('network', 'inspect', 'docker0')).toContain(`${Id}   eth0        ${addressOf('web')}/16`);
  host.must('rm', '-f', 'web', 'peer');
  expect(host.traces()).toEqual([]);
});

test('-p: the port is reached on the host while the container exists, also after a restart', async () => {
  host.detach('web', server, '--network', 'bridge', '-p', '8080:80', '-p', '127.0.0.1:9000-9001:80-81');
  expect(host.must('ps')).toContain('0.0.0.0:8080->80/tcp, 127.0.0.1:9000->80/tcp');
  const outside = host.host.sh("ip -4 -o addr show docker0 | awk '{print $4}' | cut -d/ -f1").trim();
  await eventually('it answers', () => ask(outside, 8080) === 'hello\n');
  await eventually('it answers on loopback', () => ask('127.0.0.1', 9000) === 'hello\n');
  const address = addressOf('web');
  host.must('restart', '-t', '0', 'web');
  expect(addressOf('web')).toBe(address);
  await eventually('it answers again', () => ask(outside, 8080) === 'hello\n');
  host.must('rm', '-f', 'web');
  expect(ask(outside, 8080)).toBe('');
  expect(host.traces()).toEqual([]);
});

test('a configured network', () => {
  const { stdout } = host.tsnet(
    'run',
    '--rm',
    '--network',
    'blue',
    host.rootfs,
    'ip',
    '-4',
    'addr',
    'show',
    'eth0',
  );
  expect(stdout).toContain('inet 10.77.0.2/24');
  expect(host.traces()).toEqual([]);
});

test.each([
  [['--network', 'green'], 'find network "green"'],
  [['--network', 'container:x'], 'find container "x"'],
  [['-p', '80'], 'publish "80"'],
])('%j is refused before anything is made', (options, cause) => {
  const done = host.tsnet('run', '--rm', ...options, host.rootfs, 'true');
  expect(done.code).toBe(125);
  expect(done.stderr).toContain(cause);
  expect(host.traces()).toEqual([]);
});

test('a port that is taken: the container is not made, and leaves no trace', () => {
  host.detach('first', 'sleep 60', '--network', 'bridge', '-p', '8081:80');
  const before = host.traces();
  const done = host.tsnet('run', '--network', 'bridge', '-p', '8081:80', host.rootfs, 'true');
  expect(done.code).toBe(125);
  expect(done.stderr).toContain('8081');
  expect(host.traces()).toEqual(before);
  host.must('rm', '-f', 'first');
});
