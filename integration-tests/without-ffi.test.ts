/** Every executable where FFI cannot load: external commands do what system calls do elsewhere, with the same outcome. */
import { callPlugin, createSandbox, type Json, Network, succeeded } from './cni-call';
import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';
import { ask, serve, stopServers } from './traffic';

const commands = { env: { TSNET_NO_FFI: '1' } };
const systemCalls = {};
const withoutFfi = commands.env;

let host: PrivateHost;
beforeAll(async () => {
  host = await PrivateHost.create();
});
afterAll(() => {
  stopServers();
  host.destroy();
});

const bridgeNetwork = () =>
  new Network(host, {
    name: 'net',
    plugins: [
      {
        type: 'bridge',
        bridge: 'br0',
        isDefaultGateway: true,
        ipMasq: true,
        hairpinMode: true,
        firewallBackend: 'iptables',
        ipam: { type: 'host-local', ranges: [[{ subnet: '10.60.0.0/24' }], [{ subnet: 'fd60::/64' }]] },
      },
      { type: 'portmap', backend: 'iptables', capabilities: { portMappings: true } },
    ],
  });
const published = { portMappings: [{ hostPort: 8060, containerPort: 80, protocol: 'tcp' }] };

/** What decides whether packets pass, by what is published and by what is not. */
function expectTraffic(netns: string, [ipv4, ipv6]: string[]): void {
  for (const address of [ipv4!, ipv6!]) {
    expect(ask(host, { address, port: 80 })).toMatch(new RegExp(`^${netns} `));
    const argv = ['ip', 'netns', 'exec', netns, 'busybox', 'ping', '-c1', '-W1', gatewayOf(address)];
    expect(host.exec(argv)).toMatchObject({ code: 0 });
  }
  expect(ask(host, { address: '10.60.0.1', port: 8060 })).toMatch(new RegExp(`^${netns} `));
}

const gatewayOf = (address: string) => address.replace(/[0-9a-f]+$/, '1');
const addressesOf = ({ ips }: { ips: { address: string }[] }) =>
  ips.map(({ address }) => address.split('/')[0]!);

describe.each([
  { name: 'both', add: commands, del: commands },
  { name: 'ADD', add: commands, del: systemCalls },
  { name: 'DEL', add: systemCalls, del: commands },
])('$name without FFI: bridge, host-local and portmap', ({ name, add, del }) => {
  it('attach, check, carry packets and are gone without trace', () => {
    const id = `chain-${name}`;
    const net = bridgeNetwork();
    const target = createSandbox(host, id);
    const before = takeSnapshot(host, { netns: [id], except: ['br0'] });
    const result = net.add(target, published, add);
    expect(result.ips.map(({ gateway }) => gateway)).toEqual(['10.60.0.1', 'fd60::1']);
    expect(result.interfaces.map(({ sandbox }) => sandbox)).toEqual([undefined, undefined, target.netns]);
    serve(host, { netns: id, transport: 'tcp', port: 80, name: id });
    expectTraffic(id, addressesOf(result));
    succeeded(net.check(target, del));
    succeeded(net.check(target, add));
    stopServers();
    for (const _time of ['once', 'again'])
      for (const reply of net.del(target, del)) expect(reply).toMatchObject({ code: 0, stdout: '' });
    expect(takeSnapshot(host, { netns: [id], except: ['br0'] })).toEqual(before);
  });
});

it('neither the result nor the settings inside tell which way was taken', () => {
  const [one, other] = [commands, systemCalls].map((options, at) => {
    const net = bridgeNetwork();
    const target = createSandbox(host, `alike-${at}`);
    const result = net.add(target, {}, options);
    const keys = ['arp_notify', 'keep_addr_on_down', 'accept_dad'];
    const settings = host.sh(`ip netns exec alike-${at} sysctl -a -r 'eth0.(${keys.join('|')})$'`);
    net.del(target, options);
    return { interfaces: result.interfaces.map((link) => Object.keys(link)), settings };
  });
  expect(one!.settings).toContain('net.ipv4.conf.eth0.arp_notify = 1');
  expect(one).toEqual(other);
});

it('a failed ADD leaves nothing', () => {
  const target = createSandbox(host, 'failing');
  host.sh('ip -n failing link add eth0 type veth peer name other');
  const before = takeSnapshot(host, { netns: ['failing'], except: ['br0'] });
  const reply = bridgeNetwork().tryAdd(target, published, commands);
  expect(reply.json.msg).toContain('container veth name ("eth0") peer provided');
  expect(takeSnapshot(host, { netns: ['failing'], except: ['br0'] })).toEqual(before);
});

it('a namespace that is gone is no obstacle to DEL', () => {
  const target = createSandbox(host, 'gone');
  const net = bridgeNetwork();
  net.add(target, published, commands);
  host.sh('ip netns delete gone');
  for (const reply of net.del(target, commands)) expect(reply).toMatchObject({ code: 0, stdout: '' });
  expect(host.sh('ls /var/lib/cni/networks/net')).not.toMatch(/^10\./m);
});

it('attachments made at once get addresses of their own', async () => {
  const net = bridgeNetwork();
  const plugin = { type: 'bridge', bridge: 'br0', ipam: { type: 'host-local', subnet: '10.61.0.0/24' } };
  const targets = Array.from({ length: 8 }, (_, at) => createSandbox(host, `at-once-${at}`));
  const argv = (type: string) => [`${__dirname}/../dist/bin/${type}`];
  const call = async (command: string, target: (typeof targets)[number]) => {
    const env = {
      CNI_COMMAND: command,
      CNI_PATH: `${__dirname}/../dist/bin`,
      CNI_CONTAINERID: target.containerId,
      CNI_NETNS: target.netns,
      CNI_IFNAME: target.ifName,
      ...withoutFfi,
    };
    return host.execAsync(argv('bridge'), { input: JSON.stringify(net.confOf(plugin)), env });
  };
  const added = await Promise.all(targets.map((target) => call('ADD', target)));
  expect(added.map(({ code, stdout }) => [code, code === 0 ? '' : stdout])).toEqual(
    targets.map(() => [0, '']),
  );
  const addresses = added.map(({ stdout }) => JSON.parse(stdout).ips[0].address);
  expect(new Set(addresses).size).toBe(targets.length);
  const deleted = await Promise.all(targets.map((target) => call('DEL', target)));
  expect(deleted.map(({ code }) => code)).toEqual(targets.map(() => 0));
});

describe.each<[type: string, keys: Json]>([
  ['loopback', {}],
  ['null', {}],
  ['bridge', { bridge: 'br1', ipam: { type: 'static', addresses: [{ address: '10.62.0.5/24' }] } }],
])('%s without FFI', (type, keys) => {
  it('attaches, checks, and DEL leaves the namespace as it was', () => {
    const name = `one-${type}`;
    host.sh(`ip netns add ${name}`);
    const target = {
      containerId: name,
      netns: `/run/netns/${name}`,
      ifName: type === 'loopback' ? 'lo' : 'eth0',
    };
    const conf = { cniVersion: '1.1.0', name: `net-${type}`, type, ...keys };
    const before = takeSnapshot(host, { netns: [name], except: ['br0', 'br1'] });
    const { json } = succeeded(callPlugin(host, { command: 'ADD', conf, target, ...commands }));
    expect(json.ips.map(({ address }) => address)).toContain(
      type === 'bridge' ? '10.62.0.5/24' : '127.0.0.1/8',
    );
    const checked = { ...conf, prevResult: json };
    succeeded(callPlugin(host, { command: 'CHECK', conf: checked, target, ...commands }));
    for (const _time of ['once', 'again'])
      succeeded(callPlugin(host, { command: 'DEL', conf: checked, target, ...commands }));
    expect(takeSnapshot(host, { netns: [name], except: ['br0', 'br1'] })).toEqual(before);
  });
});

it("host without FFI lists the host's interfaces, and refuses another namespace", () => {
  const conf = { cniVersion: '1.1.0', name: 'net-host', type: 'host' };
  const target = { containerId: 'h1', netns: '/proc/self/ns/net', ifName: 'eth0' };
  const withFfi = succeeded(callPlugin(host, { command: 'ADD', conf, target }));
  const reply = succeeded(callPlugin(host, { command: 'ADD', conf, target, ...commands }));
  expect(reply.json).toEqual(withFfi.json);
  const other = createSandbox(host, 'not-host');
  expect(callPlugin(host, { command: 'ADD', conf, target: other, ...commands })).toMatchObject({
    code: 1,
    json: { code: 8 },
  });
});
