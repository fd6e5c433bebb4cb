/** The bridge plugin with every key, on packets and kernel objects. */

import { dualStack, host, inside, linkOf, network, pings } from './bridge-suite';
import { createSandbox, type Json, Network } from './cni-call';
import { takeSnapshot } from './snapshot';

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

  it('is the gateway of two IPv4 subnets at once', () => {
    const ranges = [[{ subnet: '10.50.0.0/24' }], [{ subnet: '10.51.0.0/24' }]];
    const net = network({ ipMasq: true, ipam: { type: 'host-local', ranges } });
    const one = createSandbox(host, 'one');
    net.add(one);
    net.add(createSandbox(host, 'two'));
    for (const address of ['10.50.0.1', '10.51.0.1', '10.50.0.3', '10.51.0.3'])
      expect(pings('one', address)).toBe(true);
    expect(net.check(one).code).toBe(0);
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
