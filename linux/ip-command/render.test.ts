import type { Netns } from '../netns/netns';
import type { LinkChange, NewLinkSpec } from '../rtnl/model';
import { altNameCommand, createLinkCommands, deleteLinkCommand, setLinkCommands } from './render';
import * as addressing from './render-addressing';

const naming = { linkName: (index: number) => `link${index}` };
const netns = { path: '/run/netns/c1' } as Netns;
const lines = (commands: readonly string[][]) => commands.map((command) => command.join(' '));

const specs: [NewLinkSpec, string[]][] = [
  [{ kind: 'bridge', name: 'br0' }, ['ip link add name br0 type bridge']],
  [
    { kind: 'bridge', name: 'br0', up: true, mtu: 1400, vlanFiltering: true, alias: 'x' },
    ['ip link add name br0 mtu 1400 up type bridge vlan_filtering 1', 'ip link set dev br0 alias x'],
  ],
  [{ kind: 'dummy', name: 'd0', group: 4 }, ['ip link add name d0 group 4 type dummy']],
  [
    {
      kind: 'veth',
      name: 'v0',
      master: 3,
      up: true,
      peer: { name: 'eth0', netns, mac: '02:00:00:00:00:01', up: true },
    },
    [
      'ip link add name v0 master link3 up type veth peer name eth0 address 02:00:00:00:00:01 netns /run/netns/c1',
      'nsenter --net=/run/netns/c1 ip link set dev eth0 up',
    ],
  ],
  [
    { kind: 'veth', name: 'v0', peer: { name: 'v1', mtu: 1300, up: true } },
    ['ip link add name v0 type veth peer name v1 mtu 1300', 'ip link set dev v1 up'],
  ],
];

test.each(specs)('create %j', (spec, expected) => {
  expect(lines(createLinkCommands(spec, naming))).toEqual(expected);
});

const changes: [LinkChange, string[]][] = [
  [{}, []],
  [{ up: false, promisc: true }, ['ip link set dev v0 down promisc on']],
  [{ master: 0 }, ['ip link set dev v0 nomaster']],
  [{ alias: '' }, ['ip link set dev v0 alias ']],
  [{ vlanFiltering: false }, ['ip link set dev v0 type bridge vlan_filtering 0']],
  [
    { name: 'v9', hairpin: true, isolated: false },
    ['ip link set dev v0 name v9', 'bridge link set dev v9 hairpin on isolated off'],
  ],
];

test.each(changes)('set %j', (change, expected) => {
  expect(lines(setLinkCommands('v0', change, naming))).toEqual(expected);
});

const others: [string[], string][] = [
  [deleteLinkCommand('v0'), 'ip link delete dev v0'],
  [altNameCommand('add', 'v0', 'long'), 'ip link property add dev v0 altname long'],
  [
    addressing.addAddressCommand({ address: '10.0.0.1/24' }, 'v0'),
    'ip address add 10.0.0.1/24 dev v0 broadcast +',
  ],
  [addressing.addAddressCommand({ address: '10.0.0.1/31' }, 'v0'), 'ip address add 10.0.0.1/31 dev v0'],
  [
    addressing.addAddressCommand({ address: 'fd00::1/64', noDad: true }, 'v0'),
    'ip address add fd00::1/64 dev v0 nodad',
  ],
  [addressing.deleteAddressCommand({ address: '10.0.0.1/24' }, 'v0'), 'ip address delete 10.0.0.1/24 dev v0'],
  [
    addressing.addRouteCommand(
      { dst: '10.1.2.3/16', gateway: '10.0.0.1', priority: 5, table: 100, onLink: true },
      'v0',
    ),
    'ip route add 10.1.0.0/16 via 10.0.0.1 dev v0 metric 5 table 100 onlink',
  ],
  [
    addressing.addRouteCommand({ dst: '0.0.0.0/0', gateway: 'fe80::1' }),
    'ip route add 0.0.0.0/0 via inet6 fe80::1',
  ],
  [addressing.deleteRouteCommand({ dst: '::/0', mtu: 1400 }), 'ip route delete unicast ::/0 mtu 1400'],
  [
    addressing.addNeighbourCommand({ address: '10.0.0.9', mac: '02:00:00:00:00:01' }, 'v0'),
    'ip neighbour add 10.0.0.9 lladdr 02:00:00:00:00:01 dev v0 nud permanent',
  ],
  [addressing.deleteNeighbourCommand({ address: 'FD00::9' }, 'v0'), 'ip neighbour delete fd00::9 dev v0'],
  [
    addressing.bridgeVlanCommand(
      'add',
      { vid: 5, vidEnd: 9, untagged: true },
      { name: 'v0', isBridge: false },
    ),
    'bridge vlan add dev v0 vid 5-9 untagged',
  ],
  [
    addressing.bridgeVlanCommand('delete', { vid: 5, pvid: true }, { name: 'br0', isBridge: true }),
    'bridge vlan delete dev br0 vid 5 self',
  ],
];

test.each(others)('%j', (command, expected) => {
  expect(command.join(' ')).toBe(expected);
});

test.each([
  () => createLinkCommands({ kind: 'bridge', name: 'a b' }, naming),
  () => setLinkCommands('v0', { name: 'a/b' }, naming),
  () => setLinkCommands('v0', { mac: 'up' }, naming),
  () => altNameCommand('add', 'v0', 'a b'),
  () => addressing.addAddressCommand({ address: 'dev' }, 'v0'),
  () => addressing.addRouteCommand({ dst: 'default' }),
  () => addressing.addNeighbourCommand({ address: 'proxy', mac: '02:00:00:00:00:01' }, 'v0'),
])('what could be taken for a keyword or split a line is refused: %s', (render) => {
  expect(render).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});
