/** CHECK of the bridge plugin notices what is broken by hand, also on what the reference plugin made. */

import { host, network } from './bridge-suite';
import { callPlugin, createSandbox, succeeded } from './cni-call';

describe('CHECK', () => {
  const breakages: [string, string][] = [
    ['the bridge is down', 'ip link set br0 down'],
    ['the port left the bridge', 'ip link set $port nomaster'],
    ['the port is down', 'ip link set $port down'],
    ['hairpin is off', 'ip link set $port type bridge_slave hairpin off'],
    ['isolation is off', 'ip link set $port type bridge_slave isolated off'],
    ['the gateway address is gone', 'ip addr del 10.50.0.1/24 dev br0'],
    ['the container interface is gone', 'ip -n one link del eth0'],
    ['an address is gone', 'ip -n one addr del 10.50.0.2/24 dev eth0'],
    ['an IPv6 address is gone', 'ip -n one addr del fd50::2/64 dev eth0'],
    ['a route is gone', 'ip -n one route del default'],
    ['the connected route is gone', 'ip -n one route del 10.50.0.0/24'],
    ['another mac', 'ip -n one link set eth0 address 02:00:00:00:00:99'],
    ['masquerade is gone', 'iptables -t nat -F'],
    ['IPv6 masquerade is gone', 'ip6tables -t nat -F POSTROUTING'],
    ['the rule that keeps containers apart is gone', 'iptables -F FORWARD'],
    ['IPv4 is not forwarded', 'sysctl -qw net.ipv4.ip_forward=0'],
    ['IPv6 is not forwarded', 'sysctl -qw net.ipv6.conf.all.forwarding=0'],
    ['spoof check is gone', 'nft flush ruleset bridge'],
    ['the reservation is gone', 'rm /var/lib/cni/networks/net/10.50.0.2'],
  ];
  const keys = {
    ipMasq: true,
    ipMasqBackend: 'iptables',
    hairpinMode: true,
    portIsolation: true,
    icc: false,
    macspoofchk: true,
  };

  it('passes on what ADD made, with more addresses and routes than listed', () => {
    const net = network(keys);
    const target = createSandbox(host, 'one');
    net.add(target);
    host.sh('ip -n one addr add 10.50.0.200/24 dev eth0; ip -n one route add 203.0.113.0/24 via 10.50.0.1');
    expect([net.check(target).code, net.check(target).stdout]).toEqual([0, '']);
  });

  test.each(breakages)('notices that %s', (_what, command) => {
    const net = network(keys);
    const target = createSandbox(host, 'one');
    net.add(target);
    expect(net.check(target).code).toBe(0);
    const port = host.sh('ip -j link show master br0').match(/"ifname":"(veth\w+)"/)![1];
    host.sh(`port=${port}; ${command}`);
    const reply = net.check(target);
    expect([reply.code, typeof reply.json.msg]).toEqual([1, 'string']);
  });
});

describe('beside the reference plugin', () => {
  it('checks and removes an attachment that it made', () => {
    const target = createSandbox(host, 'one');
    const conf = {
      cniVersion: '1.0.0',
      name: 'net',
      type: 'bridge',
      bridge: 'br0',
      isDefaultGateway: true,
      ipam: { type: 'host-local', subnet: '10.50.0.0/24' },
    };
    const env = {
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: 'one',
      CNI_NETNS: target.netns,
      CNI_IFNAME: 'eth0',
      CNI_PATH: '/usr/lib/cni',
    };
    const made = host.exec(['/usr/lib/cni/bridge'], { input: JSON.stringify(conf), env });
    expect(made.code).toBe(0);
    const withResult = { ...conf, prevResult: JSON.parse(made.stdout) };
    succeeded(callPlugin(host, { command: 'CHECK', conf: withResult, target }));
    succeeded(callPlugin(host, { command: 'DEL', conf: withResult, target }));
    expect(host.sh('ip -br link show master br0')).toBe('');
    expect(host.exec(['ip', '-n', 'one', 'link', 'show', 'eth0']).code).not.toBe(0);
    expect(host.sh('ls /var/lib/cni/networks/net')).not.toContain('10.50.0.2');
  });
});
