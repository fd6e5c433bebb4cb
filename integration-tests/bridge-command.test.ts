/** `tsnet bridge`: the set-up by hand, as a person does it. */
import { spawnSync } from 'node:child_process';
import { binFolder, type Outcome, PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

let host: PrivateHost;

beforeEach(async () => {
  host = await PrivateHost.create();
});
afterEach(() => host.destroy());

const tsnet = (...args: string[]): Outcome => host.exec([`${binFolder}/tsnet`, ...args]);

function ok(...args: string[]): string {
  const done = tsnet(...args);
  if (done.code !== 0) throw new Error(`tsnet ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

/** What a person pastes does not wait for the links: the first packets may be lost. */
const pings = (from: string, to: string) =>
  host.exec(['ip', 'netns', 'exec', from, 'busybox', 'ping', '-c3', '-W1', to]).code === 0;

it('makes docker0 by default, twice without complaint, and deletes it', () => {
  ok('bridge', 'add');
  ok('bridge', 'add');
  const [bridge] = JSON.parse(ok('bridge', 'ls', '--json'));
  expect(bridge).toMatchObject({ name: 'docker0', addresses: ['172.17.0.1/16'], ports: [] });
  expect(host.sh('sysctl -n net.ipv4.ip_forward')).toBe('1\n');
  ok('bridge', 'del');
  ok('bridge', 'del');
  expect(ok('bridge', 'ls', '--json').trim()).toBe('[]');
});

it('plugs in namespaces by name, path and process id, and unplugs them without trace', () => {
  host.sh('ip netns add one; ip netns add two; ip netns add three');
  ok('bridge', 'add');
  const before = takeSnapshot(host, { netns: ['one', 'two', 'three'] });
  const sleeper = host.start(['ip', 'netns', 'exec', 'three', 'sleep', '60']);
  try {
    const pid = sleeper.pid!;
    const result = JSON.parse(ok('bridge', 'add', 'one'));
    expect(result.ips).toEqual([
      expect.objectContaining({ address: '172.17.0.2/16', gateway: '172.17.0.1' }),
    ]);
    ok('bridge', 'add', '/run/netns/two', '--ip', '172.17.0.77');
    ok('bridge', 'add', String(pid));
    expect(pings('one', '172.17.0.77')).toBe(true);
    expect(pings('three', '172.17.0.1')).toBe(true);
    const table = ok('bridge', 'ls');
    expect(table).toMatch(/NAME +STATE +ADDRESSES +PORTS\ndocker0 +UP +172\.17\.0\.1\/16 +veth/);
    expect(tsnet('bridge', 'del')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it has ports'),
    });
    // Another path to the same namespace is the same target
    for (const target of ['/run/netns/one', 'two', String(pid)]) ok('bridge', 'del', target);
    ok('bridge', 'del', 'two');
    expect(takeSnapshot(host, { netns: ['one', 'two', 'three'] }).namespaces.one).toEqual(
      before.namespaces.one,
    );
    expect(
      host.sh(
        'ip -br link show master docker0; ls /var/lib/cni/results; iptables-save | grep -c TSNET || true',
      ),
    ).toBe('0\n');
  } finally {
    sleeper.kill('SIGKILL');
  }
});

it.each([
  ['IPv4', ['--subnet', '10.70.0.0/24']],
  ['both families', ['--name', 'br7', '--subnet', '10.70.0.0/24', '--subnet', 'fd70::/64']],
])('--dry-run prints commands that work when pasted: %s', (_name, flags) => {
  host.sh('ip netns add one; ip netns add two');
  const before = takeSnapshot(host, { netns: ['one'] });
  const script = ok('bridge', 'add', 'one', '--dry-run', ...flags);
  expect(takeSnapshot(host, { netns: ['one'] })).toEqual(before);
  host.sh(script);
  expect(pings('one', '10.70.0.1')).toBe(true);
  // The second is plugged in for real: addresses, bridge and namespace fit together
  const planned = host.sh('ip -n one -j addr show eth0');
  host.sh('touch /run/pasted');
  expect(JSON.parse(planned)[0].addr_info[0].local).toBe('10.70.0.2');
  const twoScript = ok('bridge', 'add', 'two', '--ip', '10.70.0.9', '--dry-run', ...flags);
  expect(twoScript).not.toMatch(/type bridge\b|MASQUERADE/);
  host.sh(twoScript);
  expect(pings('two', '10.70.0.2')).toBe(true);
  if (flags.includes('fd70::/64')) expect(pings('one', 'fd70::1')).toBe(true);
  expect(host.sh('iptables -t nat -S POSTROUTING')).toContain('-s 10.70.0.0/24 ! -o');
});

it('completes a container of the null plugin by hand', () => {
  host.sh('ip netns add one');
  const env = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'c1',
    CNI_NETNS: '/run/netns/one',
    CNI_IFNAME: 'eth0',
    CNI_PATH: binFolder,
  };
  const made = host.exec([`${binFolder}/null`], {
    input: '{"cniVersion":"1.0.0","name":"none","type":"null"}',
    env,
  });
  expect(made.code).toBe(0);
  ok('bridge', 'add', 'one');
  expect(pings('one', '172.17.0.1')).toBe(true);
});

test.each([
  [['add', 'nobody'], 'target "nobody": expected a tsnet container, a process id, or a network namespace'],
  [['add', '999999999'], 'expected a tsnet container, a process id'],
  [['add', '--subnet', '10.0.0.1/24'], 'it has host bits; the network is 10.0.0.0/24'],
  [['add', '--subnet', 'x'], 'expected a network such as 172.17.0.0/16'],
  [['add', '--subnet', '10.0.0.0/24', '--subnet', '10.1.0.0/24'], 'at most one per family'],
])('refuses %j before anything is touched', (args, message) => {
  const before = takeSnapshot(host);
  const done = tsnet('bridge', ...args);
  expect(done).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  expect(takeSnapshot(host)).toEqual(before);
});

it('tells each command with examples', () => {
  for (const command of ['add', 'del', 'ls']) {
    const help = spawnSync(`${binFolder}/tsnet`, ['bridge', command, '--help'], { encoding: 'utf8' });
    expect(help.stdout).toContain('Examples:');
  }
});
