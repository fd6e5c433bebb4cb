/** What other programs and people may do to a host, and plugins have to bear. */
import { attachment, callPlugin, type Json, parseDocument } from './cni-call';
import { binFolder, PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

const target = attachment('c1');
const ranges = [[{ subnet: '10.61.0.0/24' }], [{ subnet: 'fd61::/64' }]];
const conf: Json = {
  cniVersion: '1.1.0',
  name: 'net',
  type: 'bridge',
  bridge: 'br0',
  isGateway: true,
  ipMasq: true,
  ipam: { type: 'host-local', ranges },
};

let host: PrivateHost;
beforeEach(async () => {
  host = await PrivateHost.create();
  host.sh('ip netns add c1');
});
afterEach(() => host.destroy());

const snapshot = () => takeSnapshot(host, { netns: ['c1'], except: ['br0'] });
const environment = (command: string) => ({
  CNI_COMMAND: command,
  CNI_CONTAINERID: target.containerId,
  CNI_NETNS: target.netns,
  CNI_IFNAME: target.ifName,
  CNI_PATH: binFolder,
});

test('DEL finds a port whose host end was renamed, and not the one of another interface', () => {
  const before = snapshot();
  const other = { ...target, ifName: 'eth1' };
  for (const one of [target, other]) callPlugin(host, { command: 'ADD', conf, target: one });
  host.sh(`for veth in $(ip -o link | grep -o 'veth[0-9a-f]*'); do
    case $(cat /sys/class/net/$veth/ifalias) in */eth0) ip link set $veth name foo0;; esac; done`);
  callPlugin(host, { command: 'DEL', conf, target: { ...target, netns: '' } });
  expect(host.exec(['ip', 'link', 'show', 'foo0']).code).not.toBe(0);
  expect(host.sh('ip -n c1 -br link show eth1')).toContain('UP');
  callPlugin(host, { command: 'DEL', conf, target: other });
  expect(snapshot()).toEqual(before);
});

test('a result that nobody can take is a failure, which DEL cleans up after', () => {
  const before = snapshot();
  const done = host.exec(['sh', '-c', `exec ${binFolder}/bridge >/dev/full`], {
    env: environment('ADD'),
    input: JSON.stringify(conf),
  });
  expect(done).toEqual({ code: 1, stdout: '', stderr: '' });
  callPlugin(host, { command: 'DEL', conf, target });
  expect(snapshot()).toEqual(before);
});

test.each(['bridge', 'loopback', 'null'])('%s: a namespace of another kind is none of a network', (type) => {
  const before = snapshot();
  const other = { ...target, netns: '/proc/self/ns/mnt' };
  const call = (command: 'ADD' | 'DEL') =>
    callPlugin(host, { command, conf: { ...conf, type }, target: other });
  expect(call('ADD').json).toMatchObject({
    code: 8,
    msg: expect.stringContaining('not a network namespace'),
  });
  expect(call('DEL')).toMatchObject({ code: 0, stdout: '' });
  expect(snapshot()).toEqual(before);
});

test('an IPAM plugin that prints without end is stopped and told to release', () => {
  const before = snapshot();
  const script = `#!/bin/sh
echo $CNI_COMMAND >>/run/record
[ $CNI_COMMAND != ADD ] || exec head -c 200000000 /dev/zero | tr '\\0' ' '`;
  host.exec(['sh', '-c', 'mkdir /run/fake; cat >/run/fake/fake; chmod 755 /run/fake/fake'], {
    input: script,
  });
  const done = host.exec([`${binFolder}/bridge`], {
    env: { ...environment('ADD'), CNI_PATH: '/run/fake' },
    input: JSON.stringify({ ...conf, ipam: { type: 'fake' } }),
  });
  expect(done.code).toBe(1);
  expect(parseDocument(done.stdout)).toMatchObject({ cniVersion: '1.1.0', code: expect.any(Number) });
  expect(host.sh('cat /run/record; rm -r /run/record /run/fake')).toBe('ADD\nDEL\n');
  expect(snapshot()).toEqual(before);
});

test.each(['', '1'])(
  'settings that are read-only are left to the host that made them (TSNET_NO_FFI=%j)',
  (noFfi) => {
    const env = { TSNET_NO_FFI: noFfi };
    const call = (command: 'ADD' | 'DEL') => callPlugin(host, { command, conf, target, env });
    const readOnly = 'mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys';
    host.sh(`sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1; ${readOnly}`);
    const before = snapshot();
    expect(call('ADD')).toMatchObject({ code: 0 });
    for (const address of ['10.61.0.1', 'fd61::1'])
      host.sh(`ip netns exec c1 busybox ping -c3 -W1 ${address}`);
    expect(call('DEL')).toMatchObject({ code: 0, stdout: '' });
    expect(snapshot()).toEqual(before);
  },
);
