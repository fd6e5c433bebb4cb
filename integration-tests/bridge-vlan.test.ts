/**
 * VLANs of the bridge plugin. They need a kernel with bridge VLAN filtering; on one without it the same calls must fail with
 * one clear error and leave nothing.
 */
import { createSandbox, type Json, Network } from './cni-call';
import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

let host: PrivateHost;
let filtering: boolean;

beforeEach(async () => {
  host = await PrivateHost.create();
  filtering = host.exec(['ip', 'link', 'add', 'probe0', 'type', 'bridge', 'vlan_filtering', '1']).code === 0;
  host.exec(['ip', 'link', 'del', 'probe0']);
});
afterEach(() => host.destroy());

function network(keys: Json, name = 'net'): Network {
  const ipam = { type: 'host-local', subnet: '10.52.0.0/24' };
  return new Network(host, {
    name,
    plugins: [{ type: 'bridge', bridge: 'br0', isGateway: true, ipam, ...keys }],
  });
}

const pings = (from: string, to: string) =>
  host.exec(['ip', 'netns', 'exec', from, 'busybox', 'ping', '-c1', '-W1', to]).code === 0;

interface PortVlan {
  vlan: number;
  vlanEnd?: number;
  flags?: string[];
}

/** VLANs of the only container's port. */
function portVlans(): PortVlan[] {
  const ports: { ifname: string; vlans: PortVlan[] }[] = JSON.parse(
    host.sh('bridge -j -compressvlans vlan show'),
  );
  const { vlans } = ports.find(({ ifname }) => ifname.startsWith('veth'))!;
  return vlans.map(({ flags = [], ...vlan }) => (flags.length > 0 ? { ...vlan, flags } : vlan));
}

function expectRefusal(keys: Json): void {
  const target = createSandbox(host, 'one');
  const before = takeSnapshot(host, { netns: ['one'], except: ['br0'] });
  const reply = network(keys).tryAdd(target);
  expect([reply.code, typeof reply.json.msg]).toEqual([1, 'string']);
  expect(takeSnapshot(host, { netns: ['one'], except: ['br0'] })).toEqual(before);
  for (const gone of network(keys).del(target)) expect([gone.code, gone.stdout]).toEqual([0, '']);
}

it('an access VLAN has its own gateway, which goes with the last container', () => {
  const keys = { vlan: 100 };
  if (!filtering) return expectRefusal(keys);
  const net = network(keys);
  const [one, two] = [createSandbox(host, 'one'), createSandbox(host, 'two')];
  const result = net.add(one);
  expect(result.interfaces.map(({ name }) => name.replace(/^veth\w+/, 'veth'))).toEqual([
    'br0',
    'veth',
    'eth0',
    'br0.100',
  ]);
  expect(portVlans()).toEqual([{ vlan: 100, flags: ['PVID', 'Egress Untagged'] }]);
  net.add(two);
  expect(pings('one', '10.52.0.1')).toBe(true);
  expect(pings('one', '10.52.0.3')).toBe(true);
  expect(net.check(one).code).toBe(0);
  const other = new Network(host, {
    name: 'other',
    plugins: [
      {
        type: 'bridge',
        bridge: 'br0',
        vlan: 200,
        ipam: { type: 'static', addresses: [{ address: '10.52.0.99/24' }] },
      },
    ],
  });
  other.add(createSandbox(host, 'three'));
  expect(pings('three', '10.52.0.2')).toBe(false);
  net.del(one);
  expect(pings('two', '10.52.0.1')).toBe(true);
  net.del(two);
  expect(host.exec(['ip', 'link', 'show', 'br0.100']).code).not.toBe(0);
});

it('trunk VLANs are tagged, sorted and merged; CHECK notices a missing one', () => {
  const keys = { isGateway: false, vlanTrunk: [{ id: 101 }, { minID: 200, maxID: 202 }], ipam: {} };
  if (!filtering) return expectRefusal(keys);
  const net = network(keys);
  const one = createSandbox(host, 'one');
  net.add(one);
  expect(portVlans()).toEqual([
    { vlan: 1, flags: ['PVID', 'Egress Untagged'] },
    { vlan: 101 },
    { vlan: 200, vlanEnd: 202 },
  ]);
  expect(net.check(one).code).toBe(0);
  host.sh(
    'bridge vlan del vid 201 dev $(bridge -j vlan show | jq -r \'[.[] | select(.ifname | test("^veth"))][0].ifname\')',
  );
  expect(net.check(one).json.msg).toContain('trunk VLAN 201 is missing');
});

it('preserveDefaultVlan keeps VLAN 1', () => {
  const keys = { isGateway: false, vlan: 100, preserveDefaultVlan: true, ipam: {} };
  if (!filtering) return expectRefusal(keys);
  network(keys).add(createSandbox(host, 'one'));
  expect(portVlans().map(({ vlan }) => vlan)).toEqual([1, 100]);
});
