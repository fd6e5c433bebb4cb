/** The modes that make no interface: `null`, `host` and `container`. */
import { type Attachment, attachment, callPlugin, createSandbox, type Json, succeeded } from './cni-call';
import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

let host: PrivateHost;
beforeAll(async () => {
  host = await PrivateHost.create();
});
afterAll(() => host.destroy());

function conf(type: string, keys: Json = {}): Json {
  return { cniVersion: '1.1.0', name: `net-${type}`, type, ...keys };
}

const hostNetns = '/proc/self/ns/net';

describe('null', () => {
  test('brings lo up and makes nothing else; DEL leaves the namespace as it was', () => {
    host.sh('ip netns add n1');
    const target = attachment('n1');
    const before = takeSnapshot(host, { netns: ['n1'] });
    const { json } = succeeded(callPlugin(host, { command: 'ADD', conf: conf('null'), target }));
    expect(json).toEqual({
      cniVersion: '1.1.0',
      interfaces: [{ name: 'lo', mac: '00:00:00:00:00:00', mtu: 65536, sandbox: '/run/netns/n1' }],
      ips: [
        { interface: 0, address: '127.0.0.1/8' },
        { interface: 0, address: '::1/128' },
      ],
    });
    expect(host.sh('ip netns exec n1 busybox ping -c1 -W1 127.0.0.1')).toContain('1 packets received');
    expect(host.sh('ip -n n1 -o link show').trim().split('\n')).toHaveLength(1);
    succeeded(callPlugin(host, { command: 'CHECK', conf: conf('null', { prevResult: json }), target }));
    succeeded(callPlugin(host, { command: 'DEL', conf: conf('null'), target }));
    expect(takeSnapshot(host, { netns: ['n1'] })).toEqual(before);
  });

  test('CHECK notices lo being down', () => {
    const target = createSandbox(host, 'n2');
    const { json } = succeeded(callPlugin(host, { command: 'ADD', conf: conf('null'), target }));
    host.sh('ip -n n2 link set lo down');
    const reply = callPlugin(host, { command: 'CHECK', conf: conf('null', { prevResult: json }), target });
    expect(reply).toMatchObject({
      code: 1,
      json: { msg: expect.stringContaining('loopback interface is down') },
    });
  });

  test('DEL keeps lo of a namespace that was completed by hand', () => {
    const target = createSandbox(host, 'n3');
    succeeded(callPlugin(host, { command: 'ADD', conf: conf('null'), target }));
    host.sh('ip -n n3 link add v1 type veth peer name v2');
    succeeded(callPlugin(host, { command: 'DEL', conf: conf('null'), target }));
    expect(host.sh('ip -n n3 link show lo')).toContain('UP');
  });

  test('a missing namespace is code 3', () => {
    const reply = callPlugin(host, { command: 'ADD', conf: conf('null'), target: attachment('absent') });
    expect(reply).toMatchObject({
      code: 1,
      json: { code: 3, msg: expect.stringContaining('/run/netns/absent') },
    });
  });

  test("the host's own namespace is refused before its lo is touched", () => {
    const target = { ...attachment('n4'), netns: hostNetns };
    for (const command of ['ADD', 'DEL'] as const)
      expect(callPlugin(host, { command, conf: conf('null'), target })).toMatchObject({
        code: 1,
        json: { code: 8 },
      });
    expect(host.sh('ip link show lo')).toContain('UP');
  });
});

describe('host', () => {
  const target = { containerId: 'h1', netns: hostNetns, ifName: 'eth0' };
  beforeAll(() => {
    host.sh(`ip link add uplink type veth peer name uplink-peer; ip addr add 192.0.2.7/24 dev uplink
      ip addr add 2001:db8::7/64 dev uplink nodad; ip link set uplink up; ip link set uplink-peer up`);
  });

  test("lists the host's interfaces and addresses", () => {
    const { json } = succeeded(callPlugin(host, { command: 'ADD', conf: conf('host'), target }));
    const mac = JSON.parse(host.sh('ip -j link show uplink'))[0].address;
    expect(json.interfaces).toEqual([
      { name: 'lo', mac: '00:00:00:00:00:00', mtu: 65536, sandbox: hostNetns },
      { name: 'uplink', mac, mtu: 1500, sandbox: hostNetns },
    ]);
    expect(json.ips).toEqual([
      { interface: 1, address: '192.0.2.7/24' },
      { interface: 1, address: '2001:db8::7/64' },
      { interface: 0, address: '127.0.0.1/8' },
      { interface: 0, address: '::1/128' },
    ]);
  });

  test('any path to the same namespace will do', () => {
    host.sh('touch /run/netns/default; mount --bind /proc/self/ns/net /run/netns/default');
    const pinned = { ...target, netns: '/run/netns/default' };
    succeeded(callPlugin(host, { command: 'ADD', conf: conf('host'), target: pinned }));
    host.sh('umount /run/netns/default; rm /run/netns/default');
  });

  test('old versions see an address of the host, not of lo', () => {
    const old = { ...conf('host'), cniVersion: '0.2.0' };
    const { json } = succeeded(callPlugin(host, { command: 'ADD', conf: old, target }));
    expect(json).toMatchObject({
      cniVersion: '0.2.0',
      ip4: { ip: '192.0.2.7/24' },
      ip6: { ip: '2001:db8::7/64' },
    });
  });

  test.each(['ADD', 'CHECK'] as const)('%s refuses any other namespace', (command) => {
    createSandbox(host, `h-${command}`);
    const other = attachment(`h-${command}`);
    const prevResult = { cniVersion: '1.1.0' };
    const reply = callPlugin(host, { command, conf: conf('host', { prevResult }), target: other });
    expect(reply).toMatchObject({ code: 1, json: { code: 8, msg: expect.stringContaining("host's own") } });
    expect(reply.json.msg).toContain(other.netns);
  });

  test('CHECK notices a listed interface that is gone; DEL changes nothing', () => {
    host.sh('ip link add passing type veth peer name passing2; ip addr add 198.51.100.1/24 dev passing');
    const { json } = succeeded(callPlugin(host, { command: 'ADD', conf: conf('host'), target }));
    const check = { command: 'CHECK' as const, conf: conf('host', { prevResult: json }), target };
    succeeded(callPlugin(host, check));
    host.sh('ip link del passing');
    expect(callPlugin(host, check)).toMatchObject({
      code: 1,
      json: { msg: expect.stringContaining('passing') },
    });
    const before = takeSnapshot(host);
    const reply = succeeded(
      callPlugin(host, { command: 'DEL', conf: conf('host', { prevResult: json }), target }),
    );
    expect(reply.stdout).toBe('');
    expect(takeSnapshot(host)).toEqual(before);
  });
});

describe('container', () => {
  const joiner = 'joiner';
  let target: Attachment;
  let result: Json;

  /** What a runtime on libcni keeps of an attachment. */
  function cache(name: string, netns: string, of: Json): void {
    const file = {
      kind: 'cniCacheV1',
      containerId: name,
      ifName: 'eth0',
      networkName: 'net-web',
      netns,
      result: of,
    };
    host.exec(
      ['sh', '-c', `mkdir -p /var/lib/cni/results; cat > /var/lib/cni/results/net-web-${name}-eth0`],
      {
        input: JSON.stringify(file),
      },
    );
  }

  beforeAll(() => {
    target = createSandbox(host, 'web');
    const ipam = { type: 'host-local', subnet: '10.20.0.0/24' };
    const network = conf('bridge', { bridge: 'br20', ipam });
    result = succeeded(callPlugin(host, { command: 'ADD', conf: network, target })).json;
    cache('web', target.netns, result);
  });

  function join(keys: Json, options: { netns?: string; cniArgs?: string; containerId?: string } = {}) {
    const { netns = target.netns, containerId = joiner, cniArgs } = options;
    const call = { command: 'ADD' as const, conf: conf('container', keys), ...(cniArgs && { cniArgs }) };
    return callPlugin(host, { ...call, target: { containerId, netns, ifName: 'eth0' } });
  }

  test.each<[string, Json, string | undefined]>([
    ['the key', { container: 'web' }, undefined],
    ['args.cni', { args: { cni: { container: 'web' } }, container: 'no1' }, 'CONTAINER=no2'],
    ['CNI_ARGS', { container: 'no1' }, 'IgnoreUnknown=1;CONTAINER=web'],
  ])("named by %s: tells the container's own result", (_how, keys, cniArgs) => {
    const reply = succeeded(join(keys, cniArgs === undefined ? {} : { cniArgs }));
    expect(reply.json).toEqual(result);
  });

  test('DEL touches nothing of it, and CHECK accepts it', () => {
    const before = takeSnapshot(host, { netns: ['web'] });
    const own = { containerId: joiner, netns: target.netns, ifName: 'eth0' };
    const network = conf('container', { container: 'web', prevResult: result });
    succeeded(callPlugin(host, { command: 'CHECK', conf: network, target: own }));
    expect(succeeded(callPlugin(host, { command: 'DEL', conf: network, target: own })).stdout).toBe('');
    expect(takeSnapshot(host, { netns: ['web'] })).toEqual(before);
  });

  test('an unknown container is code 3', () => {
    expect(join({ container: 'nobody' })).toMatchObject({ code: 1, json: { code: 3 } });
    expect(join({ container: 'nobody' }).json.msg).toBe(
      'join container "nobody": it is not attached to any network',
    );
  });

  test('a container whose namespace is gone is code 3', () => {
    cache('gone', '/run/netns/gone', result);
    const reply = join({ container: 'gone' });
    expect(reply).toMatchObject({
      code: 1,
      json: { code: 3, msg: expect.stringContaining('/run/netns/gone') },
    });
  });

  test("a namespace that is not that container's is code 8", () => {
    const { netns } = createSandbox(host, 'elsewhere');
    const reply = join({ container: 'web' }, { netns });
    expect(reply).toMatchObject({ code: 1, json: { code: 8, msg: expect.stringContaining(target.netns) } });
  });

  test.each<[string, Json, object, number]>([
    ['nobody named', {}, {}, 7],
    ['itself', { container: joiner }, {}, 7],
    ['a path', { container: '../x' }, {}, 7],
    ['a path in CNI_ARGS', {}, { cniArgs: 'CONTAINER=../x' }, 4],
  ])('%s is refused', (_what, keys, options, code) => {
    expect(join(keys, options)).toMatchObject({ code: 1, json: { code } });
  });
});
