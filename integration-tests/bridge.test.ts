/** The bridge plugin with every key, on packets and kernel objects. */
import { callPlugin, createSandbox, type Json, Network, succeeded } from './cni-call';
import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

let host: PrivateHost;

beforeEach(async () => {
  host = await PrivateHost.create();
});
afterEach(() => host.destroy());

const dualStack = {
  type: 'host-local',
  ranges: [[{ subnet: '10.50.0.0/24' }], [{ subnet: 'fd50::/64' }]],
};

function network(keys: Json = {}, name = 'net'): Network {
  return new Network(host, {
    name,
    plugins: [{ type: 'bridge', bridge: 'br0', isDefaultGateway: true, ipam: dualStack, ...keys }],
  });
}

const inside = (name: string, command: string) => host.sh(`ip netns exec ${name} ${command}`);
const pings = (from: string, to: string) =>
  host.exec(['ip', 'netns', 'exec', from, 'busybox', 'ping', '-c1', '-W1', to]).code === 0;
const linkOf = (name: string, ifName = 'eth0') => JSON.parse(inside(name, `ip -d -j link show ${ifName}`))[0];

/** A host behind the host, which knows no way back to the containers. A fresh link answers only after a moment. */
function createOutside(): void {
  host.sh(`sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip netns add outside; ip link add up0 type veth peer name eth0 netns outside
ip addr add 192.0.2.1/24 dev up0; ip addr add fd99::1/64 dev up0 nodad; ip link set up0 up
ip -n outside addr add 192.0.2.2/24 dev eth0; ip -n outside addr add fd99::2/64 dev eth0 nodad
ip -n outside link set eth0 up; ip -n outside link set lo up
for n in 1 2 3 4 5; do busybox ping -c1 -W1 192.0.2.2 >/dev/null && busybox ping -c1 -W1 fd99::2 >/dev/null && break; done`);
}

describe('a bridge with addresses', () => {
  it('connects containers with each other and with the host, by IPv4 and IPv6', () => {
    const net = network();
    const one = net.add(createSandbox(host, 'one'));
    const two = net.add(createSandbox(host, 'two'));
    expect(one.interfaces.map(({ name, sandbox }) => [name.replace(/^veth\w+/, 'veth'), sandbox])).toEqual([
      ['br0', undefined],
      ['veth', undefined],
      ['eth0', '/run/netns/one'],
    ]);
    expect(one.interfaces[2]!.mac).toBe(linkOf('one').address);
    expect(one.interfaces[2]!.mtu).toBe(1500);
    expect(one.ips).toEqual([
      { address: '10.50.0.2/24', gateway: '10.50.0.1', interface: 2 },
      { address: 'fd50::2/64', gateway: 'fd50::1', interface: 2 },
    ]);
    expect(one.routes).toEqual([
      { dst: '0.0.0.0/0', gw: '10.50.0.1' },
      { dst: '::/0', gw: 'fd50::1' },
    ]);
    for (const { address } of two.ips) expect(pings('one', address.split('/')[0]!)).toBe(true);
    for (const gateway of ['10.50.0.1', 'fd50::1']) expect(pings('two', gateway)).toBe(true);
    expect(host.sh('sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding')).toBe('1\n1\n');
    expect(net.check({ containerId: 'one', netns: '/run/netns/one', ifName: 'eth0' }).code).toBe(0);
  });

  it('is gone without trace after DEL; the bridge stays', () => {
    const net = network({ ipMasq: true, macspoofchk: true, hairpinMode: true });
    const target = createSandbox(host, 'one');
    const before = takeSnapshot(host, { netns: ['one'], except: ['br0'] });
    net.add(target);
    for (const reply of net.del(target)) expect([reply.code, reply.stdout]).toEqual([0, '']);
    expect(takeSnapshot(host, { netns: ['one'], except: ['br0'] })).toEqual(before);
    expect(host.sh('ip -br link show br0')).toContain('br0');
  });

  it('keeps two interfaces of one container apart', () => {
    const net = network({ ipMasq: true });
    const eth0 = createSandbox(host, 'one');
    const eth1 = { ...eth0, ifName: 'eth1' };
    net.add(eth0);
    // A second default route by the same metric cannot be
    const second = new Network(host, {
      name: 'net',
      plugins: [{ type: 'bridge', bridge: 'br0', isGateway: true, ipMasq: true, ipam: dualStack }],
    });
    second.add(eth1);
    second.del(eth1);
    expect(pings('one', '10.50.0.1')).toBe(true);
    expect(net.check(eth0).code).toBe(0);
  });

  it('refuses a taken interface name and leaves the first attachment alone', () => {
    const net = network({ ipMasq: true });
    const target = createSandbox(host, 'one');
    net.add(target);
    const before = takeSnapshot(host, { netns: ['one'] });
    const reply = net.tryAdd(target);
    expect([reply.code, reply.json.msg]).toEqual([
      1,
      expect.stringContaining('container veth name ("eth0") peer provided'),
    ]);
    expect(takeSnapshot(host, { netns: ['one'] })).toEqual(before);
  });
});

describe('keys of the configuration', () => {
  it('layer 2 only: no address, link up, CHECK passes', () => {
    const net = network({ isDefaultGateway: false, ipam: {} });
    const target = createSandbox(host, 'one');
    const result = net.add(target);
    expect(result.ips).toBeUndefined();
    expect(linkOf('one').flags).toContain('UP');
    expect(net.check(target).code).toBe(0);
    for (const reply of net.del(target)) expect(reply.code).toBe(0);
  });

  it('disableContainerInterface leaves the link down', () => {
    const net = network({ isDefaultGateway: false, ipam: {}, disableContainerInterface: true });
    net.add(createSandbox(host, 'one'));
    expect(linkOf('one').flags).not.toContain('UP');
  });

  it('mtu on both ends', () => {
    const result = network({ mtu: 1400 }).add(createSandbox(host, 'one'));
    expect(linkOf('one').mtu).toBe(1400);
    expect(result.interfaces.map((entry) => entry.mtu)).toEqual([1400, 1400, 1400]);
  });

  it('mac by runtimeConfig, by args.cni, and by CNI_ARGS even without IgnoreUnknown', () => {
    const mac = (n: number) => `02:00:00:00:00:0${n}`;
    const ways: [Json, Json, string][] = [
      [{ capabilities: { mac: true } }, { mac: mac(1) }, mac(1)],
      [{ args: { cni: { mac: mac(2) } } }, {}, mac(2)],
      [{}, {}, mac(3)],
    ];
    for (const [at, [keys, capabilities, expected]] of ways.entries()) {
      network(keys).add(createSandbox(host, `c${at}`), capabilities, {
        cniArgs: `MAC=${mac(3)}`,
      });
      expect(linkOf(`c${at}`).address).toBe(expected);
    }
  });

  it('hairpinMode, portIsolation and promiscMode', () => {
    network({ hairpinMode: true, portIsolation: true }).add(createSandbox(host, 'one'));
    network({ promiscMode: true }).add(createSandbox(host, 'two'));
    const [port] = JSON.parse(host.sh('ip -d -j link show master br0')).filter(
      (link: { linkinfo: { info_slave_data: { hairpin: boolean } } }) =>
        link.linkinfo.info_slave_data.hairpin,
    );
    expect(port.linkinfo.info_slave_data).toMatchObject({ hairpin: true, isolated: true });
    expect(JSON.parse(host.sh('ip -d -j link show br0'))[0].promiscuity).toBeGreaterThan(0);
  });

  it('forceAddress replaces a gateway address of the subnet; without it the conflict is told and nothing is left', () => {
    host.sh(
      'ip link add br0 type bridge; ip link set br0 up; ip addr add 10.50.0.9/24 dev br0; ip addr add 10.77.0.1/24 dev br0',
    );
    const target = createSandbox(host, 'one');
    const before = takeSnapshot(host, { netns: ['one'], except: ['br0'] });
    const refused = network().tryAdd(target);
    expect([refused.code, refused.json.msg]).toEqual([
      1,
      'failed to set bridge addr: "br0" already has an IP address different from 10.50.0.1/24',
    ]);
    expect(takeSnapshot(host, { netns: ['one'], except: ['br0'] })).toEqual(before);
    network({ forceAddress: true }).add(target);
    const addresses = JSON.parse(host.sh('ip -4 -j addr show br0'))[0].addr_info.map(
      (info: { local: string }) => info.local,
    );
    expect(addresses).toEqual(['10.77.0.1', '10.50.0.1']);
  });

  it('a device that is no bridge is refused', () => {
    host.sh('ip link add br0 type veth peer name br0p');
    const reply = network().tryAdd(createSandbox(host, 'one'));
    expect(reply.json.msg).toBe('failed to create bridge "br0": "br0" already exists but is not a bridge');
  });

  it('routes of IPAM with mtu, metric, link scope and host bits', () => {
    const routes = [
      { dst: '203.0.113.7/24', mtu: 1300, priority: 7 },
      { dst: '198.51.100.0/24', scope: 253 },
    ];
    network({
      ipam: { type: 'static', addresses: [{ address: '10.50.0.9/24', gateway: '10.50.0.1' }], routes },
    }).add(createSandbox(host, 'one'));
    const shown = inside('one', 'ip route');
    expect(shown).toMatch(/203\.0\.113\.0\/24 via 10\.50\.0\.1 dev eth0 metric 7 mtu 1300/);
    expect(shown).toMatch(/198\.51\.100\.0\/24 dev eth0 scope link/);
  });

  it('enabledad waits until the IPv6 address may be used', () => {
    network({ enabledad: true }).add(createSandbox(host, 'one'));
    expect(inside('one', 'ip -6 addr show dev eth0 scope global')).not.toContain('tentative');
    expect(inside('one', 'sysctl -n net.ipv6.conf.eth0.accept_dad')).toBe('1\n');
  });
});

describe.each(['iptables', 'nftables'])('rules by %s', (backend) => {
  it('ipMasq hides containers behind the host, once per network', () => {
    createOutside();
    const net = network({ ipMasq: true, ipMasqBackend: backend });
    const before = takeSnapshot(host, { except: ['br0'] });
    const targets = ['one', 'two', 'three'].map((name) => createSandbox(host, name));
    net.add(targets[0]!);
    const ruleCount = host.sh('nft list ruleset | grep -c masquerade');
    for (const target of targets.slice(1)) net.add(target);
    expect(host.sh('nft list ruleset | grep -c masquerade')).toBe(ruleCount);
    for (const name of ['one', 'two', 'three']) {
      expect(pings(name, '192.0.2.2')).toBe(true);
      expect(pings(name, 'fd99::2')).toBe(true);
    }
    expect(net.check(targets[0]!).code).toBe(0);
    net.del(targets[0]!);
    expect(pings('two', '192.0.2.2')).toBe(true);
    for (const target of targets.slice(1)) net.del(target);
    expect(takeSnapshot(host, { except: ['br0'] })).toEqual(before);
  });

  it('internal keeps the network to itself', () => {
    createOutside();
    host.sh('ip -n outside route add 10.50.0.0/24 via 192.0.2.1');
    const open = network({}, 'open');
    const closed = new Network(host, {
      name: 'closed',
      plugins: [
        {
          type: 'bridge',
          bridge: 'br1',
          isDefaultGateway: true,
          internal: true,
          firewallBackend: backend,
          ipam: { type: 'host-local', subnet: '10.51.0.0/24' },
        },
      ],
    });
    host.sh('ip -n outside route add 10.51.0.0/24 via 192.0.2.1');
    open.add(createSandbox(host, 'one'));
    closed.add(createSandbox(host, 'two'));
    closed.add(createSandbox(host, 'three'));
    expect(pings('one', '192.0.2.2')).toBe(true);
    expect(pings('two', '192.0.2.2')).toBe(false);
    expect(pings('one', '10.51.0.2')).toBe(false);
    expect(pings('two', '10.51.0.3')).toBe(true);
    expect(pings('two', '10.51.0.1')).toBe(true);
  });

  it('icc off keeps containers apart, but not from the gateway', () => {
    const net = network({ icc: false, firewallBackend: backend });
    net.add(createSandbox(host, 'one'));
    net.add(createSandbox(host, 'two'));
    expect(pings('one', '10.50.0.3')).toBe(false);
    expect(pings('one', 'fd50::3')).toBe(false);
    expect(pings('one', '10.50.0.1')).toBe(true);
  });

  it('macspoofchk drops frames with a foreign source address', () => {
    network({ macspoofchk: true, firewallBackend: backend }).add(createSandbox(host, 'one'));
    expect(pings('one', '10.50.0.1')).toBe(true);
    inside('one', 'ip link set eth0 address 02:aa:aa:aa:aa:aa');
    expect(pings('one', '10.50.0.1')).toBe(false);
  });
});

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
    ['spoof check is gone', 'nft flush ruleset bridge'],
    ['the reservation is gone', 'rm /var/lib/cni/networks/net/10.50.0.2'],
  ];
  const keys = {
    ipMasq: true,
    ipMasqBackend: 'iptables',
    hairpinMode: true,
    portIsolation: true,
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
