/** Published ports, with real packets: outside host, own host, localhost and other containers, on every backend. */
import { type Attachment, createSandbox, type Json, Network, succeeded } from './cni-call';
import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';
import { ask, serve, stopServers, type Transport } from './traffic';

const uplink = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' };
const second = { ipv4: '192.0.2.9' };
const outside = { ipv4: '192.0.2.2', ipv6: '2001:db8::2' };

/** A host with an uplink to another machine, which is the namespace `outside`. */
function addOutside(host: PrivateHost): void {
  host.sh(`ip netns add outside; ip -n outside link set lo up
    ip link add uplink type veth peer name eth0 netns outside
    ip addr add ${uplink.ipv4}/24 dev uplink; ip addr add ${second.ipv4}/24 dev uplink
    ip addr add ${uplink.ipv6}/64 dev uplink nodad; ip link set uplink up
    ip -n outside addr add ${outside.ipv4}/24 dev eth0
    ip -n outside addr add ${outside.ipv6}/64 dev eth0 nodad; ip -n outside link set eth0 up
    sysctl -qw net.ipv6.conf.all.forwarding=1`);
}

const defaultRoutes = [{ dst: '0.0.0.0/0' }, { dst: '::/0' }];

function bridgeConf(bridge: string, subnet: number, routes: Json[]): Json {
  const ranges = [[{ subnet: `10.${subnet}.0.0/24` }], [{ subnet: `fd00:${subnet}::/64` }]];
  const ipam = { type: 'host-local', ranges, routes };
  return { type: 'bridge', bridge, isGateway: true, hairpinMode: true, ipam };
}

interface NetworkOptions {
  backend: string;
  subnet?: number;
  routes?: Json[];
}

function network(host: PrivateHost, name: string, options: NetworkOptions): Network {
  const { backend, subnet = 1, routes = defaultRoutes } = options;
  const chained = { type: 'portmap', capabilities: { portMappings: true }, backend };
  return new Network(host, { name, plugins: [bridgeConf(`br${subnet}`, subnet, routes), chained] });
}

function mapping(hostPort: number, containerPort: number, keys: Json = {}): Json {
  return { hostPort, containerPort, protocol: 'tcp', ...keys };
}

function addressesOf(result: { ips: { address: string }[] }): [ipv4: string, ipv6: string] {
  const find = (mark: string) =>
    result.ips.find(({ address }) => address.includes(mark))!.address.split('/')[0]!;
  return [find('.'), find(':')];
}

describe.each(['iptables', 'nftables'])('%s', (backend) => {
  let host: PrivateHost;
  let net: Network;
  let web: Attachment;
  let ipv4: string;
  let ipv6: string;

  beforeAll(async () => {
    host = await PrivateHost.create();
    addOutside(host);
    net = network(host, 'net1', { backend });
    web = createSandbox(host, 'web');
    const portMappings = [
      mapping(8080, 80),
      mapping(8053, 53, { protocol: 'udp' }),
      mapping(8081, 80, { hostIP: second.ipv4 }),
      mapping(8082, 80, { hostIP: '127.0.0.1' }),
      mapping(9000, 7000, { range: 10 }),
    ];
    [ipv4, ipv6] = addressesOf(net.add(web, { portMappings }));
    net.add(createSandbox(host, 'client'));
    for (const port of [80, 7003]) serve(host, { netns: 'web', transport: 'tcp', port, name: 'web' });
    serve(host, { netns: 'web', transport: 'udp', port: 53, name: 'web' });
  });
  afterAll(() => {
    stopServers();
    host.destroy();
  });

  const flows: [Transport, number, 'ipv4' | 'ipv6'][] = [
    ['tcp', 8080, 'ipv4'],
    ['tcp', 8080, 'ipv6'],
    ['udp', 8053, 'ipv4'],
    ['udp', 8053, 'ipv6'],
  ];

  test.each(flows)(
    'outside reaches %s port %i over %s and is seen by its own address',
    (transport, port, family) => {
      const answer = ask(host, { netns: 'outside', transport, address: uplink[family], port });
      expect(answer).toMatch(/^web /);
      if (family === 'ipv4') expect(answer).toBe(`web ${outside.ipv4}`);
      else expect(answer).toContain('0002]');
    },
  );

  test.each(flows)('the host reaches %s port %i by its own %s address', (transport, port, family) => {
    expect(ask(host, { transport, address: uplink[family], port })).toMatch(/^web /);
  });

  test.each(['tcp', 'udp'] as const)('the host reaches a %s port by 127.0.0.1', (transport) => {
    const port = transport === 'tcp' ? 8080 : 8053;
    expect(ask(host, { transport, address: '127.0.0.1', port })).toMatch(/^web /);
  });

  test.each(flows)(
    'another container and the container itself reach %s port %i over %s',
    (transport, port, family) => {
      for (const netns of ['client', 'web'])
        expect(ask(host, { netns, transport, address: uplink[family], port })).toMatch(/^web /);
    },
  );

  test('a port of one host address is not open on another', () => {
    expect(ask(host, { netns: 'outside', address: second.ipv4, port: 8081 })).toMatch(/^web /);
    expect(ask(host, { netns: 'outside', address: uplink.ipv4, port: 8081 })).toBe('');
    expect(ask(host, { address: '127.0.0.1', port: 8081 })).toBe('');
  });

  test('a port of 127.0.0.1 is open to the host only', () => {
    expect(ask(host, { address: '127.0.0.1', port: 8082 })).toMatch(/^web /);
    host.sh(`ip -n outside route replace 127.0.0.1 via ${uplink.ipv4} dev eth0 table 99
      ip -n outside rule add to 127.0.0.1 lookup 99 priority 0
      ip netns exec outside sysctl -qw net.ipv4.conf.all.route_localnet=1`);
    expect(ask(host, { netns: 'outside', address: '127.0.0.1', port: 8082 })).toBe('');
    host.sh('ip -n outside rule del to 127.0.0.1 lookup 99 priority 0');
  });

  test('route_localnet does not open loopback services of the host to containers', () => {
    serve(host, { transport: 'tcp', port: 7777, address: '127.0.0.1', name: 'secret' });
    host.sh(`ip netns exec client sysctl -qw net.ipv4.conf.all.route_localnet=1
      ip -n client rule add to 127.0.0.1 lookup 99 priority 0
      ip -n client route add 127.0.0.1 via 10.1.0.1 dev eth0 src ${hostOf(host, 'client')} table 99`);
    expect(ask(host, { netns: 'client', address: '127.0.0.1', port: 7777 })).toBe('');
    host.sh('ip -n client rule del to 127.0.0.1 lookup 99 priority 0');
  });

  test('a range leads to the container one to one', () => {
    expect(ask(host, { netns: 'outside', address: uplink.ipv4, port: 9003 })).toMatch(/^web /);
    expect(ask(host, { netns: 'outside', address: uplink.ipv4, port: 9004 })).toBe('');
  });

  test('the result is the previous one, unchanged', () => {
    const portmap = net.confOf({ type: 'portmap', backend });
    const prevResult = {
      cniVersion: '1.1.0',
      interfaces: [{ name: 'eth0', sandbox: '/x', foo: 1 }],
      bar: { baz: [] },
    };
    const one = new Network(host, { name: 'n', plugins: [{ ...portmap, prevResult }] });
    expect(one.add(createSandbox(host, 'same'))).toEqual(prevResult);
  });

  test.each([
    ['the same port', mapping(8080, 81)],
    ['one address of it', mapping(8080, 81, { hostIP: uplink.ipv4 })],
    ['a port of a range', mapping(9009, 81)],
    ['a range around a port', mapping(8079, 81, { range: 3 })],
  ])('%s is refused, naming the owner, and leaves no trace', (_what, wanted) => {
    const target = createSandbox(host, `taken${wanted.hostPort}${wanted.hostIP ?? ''}`.replaceAll('.', '-'));
    const portmap = new Network(host, {
      name: 'net1',
      plugins: [
        {
          type: 'portmap',
          backend,
          capabilities: { portMappings: true },
          prevResult: { ips: [{ address: '10.1.0.9/24' }] },
        },
      ],
    });
    const before = takeSnapshot(host);
    const reply = portmap.tryAdd(target, { portMappings: [wanted] });
    expect(reply).toMatchObject({
      code: 1,
      json: { code: 100, msg: expect.stringContaining('net1/web/eth0') },
    });
    expect(takeSnapshot(host)).toEqual(before);
  });

  test('the same port may be used by another protocol and another address', () => {
    const target = createSandbox(host, 'beside');
    net.add(target, {
      portMappings: [mapping(8080, 81, { protocol: 'udp' }), mapping(8081, 81, { hostIP: uplink.ipv4 })],
    });
    for (const reply of net.del(target)) succeeded(reply);
  });

  test('CHECK accepts what ADD made, and notices the rules being gone', () => {
    succeeded(net.check(web));
    const path = host.sh('sysctl -n net.ipv4.conf.br1.route_localnet').trim();
    expect(path).toBe('1');
    host.sh('sysctl -qw net.ipv4.conf.br1.route_localnet=0');
    expect(net.check(web)).toMatchObject({
      code: 1,
      json: { msg: expect.stringContaining('route_localnet') },
    });
    host.sh('sysctl -qw net.ipv4.conf.br1.route_localnet=1');
    if (backend === 'iptables') {
      const saved = host.sh('iptables-save -t nat');
      host.sh('iptables -t nat -F PREROUTING');
      expect(net.check(web).code).toBe(1);
      host.exec(['iptables-restore'], { input: saved });
    } else {
      const saved = host.sh('nft list ruleset');
      host.sh('nft flush ruleset');
      expect(net.check(web).code).toBe(1);
      host.exec(['nft', '-f', '-'], { input: saved });
    }
    succeeded(net.check(web));
  });

  test('two interfaces of one container, and one container on two networks, keep apart', () => {
    const same = network(host, 'net1', { backend, routes: [] });
    const other = network(host, 'net2', { backend, subnet: 2, routes: [] });
    const eth1 = { ...web, ifName: 'eth1' };
    same.add(eth1, { portMappings: [mapping(8180, 80)] });
    other.add({ ...web, ifName: 'eth2' }, { portMappings: [mapping(8280, 80)] });
    for (const reply of same.del(eth1)) succeeded(reply);
    expect(ask(host, { netns: 'outside', address: uplink.ipv4, port: 8180 })).toBe('');
    expect(ask(host, { address: uplink.ipv4, port: 8280 })).toMatch(/^web /);
    expect(ask(host, { netns: 'outside', address: uplink.ipv4, port: 8080 })).toMatch(/^web /);
    for (const reply of other.del({ ...web, ifName: 'eth2' })) succeeded(reply);
    succeeded(net.check(web));
  });

  test('GC removes what is not valid, of this network only', () => {
    const other = network(host, 'net2', { backend, subnet: 2 });
    const stale = createSandbox(host, 'stale');
    const foreign = createSandbox(host, 'foreign');
    const before = takeSnapshot(host, { except: ['br2'] });
    net.add(stale, { portMappings: [mapping(8380, 80)] });
    const valid = [web, { ...web, containerId: 'client' }];
    for (const reply of net.gc(valid)) succeeded(reply);
    expect(takeSnapshot(host, { except: ['br2'] })).toEqual(before);
    other.add(foreign, { portMappings: [mapping(8480, 80)] });
    const after = takeSnapshot(host);
    for (const reply of net.gc(valid)) succeeded(reply);
    expect(takeSnapshot(host)).toEqual(after);
    expect(net.gc().map(({ json }) => json.code)).toEqual([7, 7]);
    expect(takeSnapshot(host)).toEqual(after);
    expect(ask(host, { netns: 'outside', address: uplink.ipv4, port: 8080 })).toMatch(/^web /);
    for (const reply of other.del(foreign)) succeeded(reply);
  });

  test('a UDP flow older than its port finds the way, and is forgotten with the port', () => {
    const target = createSandbox(host, 'flow');
    const flow = {
      netns: 'outside',
      transport: 'udp',
      address: uplink.ipv4,
      port: 8553,
      sourcePort: 40000,
    } as const;
    const listFlows = () => host.sh('conntrack -L -p udp --orig-port-dst 8553 2>/dev/null');
    serve(host, { netns: 'flow', transport: 'udp', port: 53, name: 'flow' });
    expect(ask(host, flow)).toBe('');
    expect(listFlows()).toContain('sport=40000');
    net.add(target, { portMappings: [mapping(8553, 53, { protocol: 'udp' })] });
    expect(ask(host, flow)).toMatch(/^flow /);
    for (const reply of net.del(target)) succeeded(reply);
    expect(listFlows()).toBe('');
  });

  test.each(['tcp', 'udp'] as const)(
    'a %s port that a process of the host listens on is refused, naming it',
    (transport) => {
      const port = transport === 'tcp' ? 8601 : 8602;
      serve(host, { transport, port, address: uplink.ipv4 });
      const prevResult = { ips: [{ address: '10.1.0.9/24' }] };
      const portmap = { type: 'portmap', backend, capabilities: { portMappings: true }, prevResult };
      const one = new Network(host, { name: 'net1', plugins: [portmap] });
      const target = createSandbox(host, `listener-${transport}`);
      const reply = one.tryAdd(target, {
        portMappings: [mapping(port - 1, 81, { protocol: transport, range: 2 })],
      });
      expect(reply).toMatchObject({
        code: 1,
        json: { code: 100, msg: expect.stringMatching(/pid \d+ \(socat\)/) },
      });
      const elsewhere = [mapping(port, 81, { protocol: transport, hostIP: second.ipv4 })];
      succeeded(one.tryAdd(target, { portMappings: elsewhere }));
      for (const done of one.del(target)) succeeded(done);
    },
  );

  test('DEL under another backend removes all; the addresses of the container no longer answer', () => {
    expect([ipv4, ipv6]).not.toContain(undefined);
    const other = network(host, 'net1', { backend: backend === 'iptables' ? 'nftables' : 'iptables' });
    for (const reply of other.del(web)) succeeded(reply);
    expect(ask(host, { netns: 'outside', address: uplink.ipv4, port: 8080 })).toBe('');
    expect(host.sh('iptables-save; ip6tables-save; nft list ruleset')).not.toContain('portmap:net1/web');
  });
});

function hostOf(host: PrivateHost, netns: string): string {
  return JSON.parse(host.sh(`ip -n ${netns} -j -4 addr show eth0`))[0].addr_info[0].local;
}
