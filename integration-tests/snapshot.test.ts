import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

/** The vocabulary itself: each kind of leftover must show. */
let host: PrivateHost;
beforeAll(async () => {
  host = await PrivateHost.create();
  host.sh('ip netns add c1; ip -n c1 link set lo up; ip link add keep type veth peer name keep2');
});
afterAll(() => host.destroy());

const kinds: [what: string, make: string, undo: string][] = [
  ['a link', 'ip link add left type veth peer name left2', 'ip link del left'],
  ['an address', 'ip addr add 192.0.2.1/24 dev keep', 'ip addr del 192.0.2.1/24 dev keep'],
  ['a route', 'ip route add unreachable 192.0.2.0/24', 'ip route del unreachable 192.0.2.0/24'],
  ['an IPv6 route', 'ip -6 route add unreachable 2001:db8::/64', 'ip -6 route del unreachable 2001:db8::/64'],
  ['a policy rule', 'ip rule add from 192.0.2.1 lookup 99', 'ip rule del from 192.0.2.1 lookup 99'],
  ['a link flag', 'ip link set keep promisc on', 'ip link set keep promisc off'],
  ['an nftables rule', 'nft add table inet left', 'nft delete table inet left'],
  ['an iptables rule', 'iptables -t nat -N LEFT', 'iptables -t nat -X LEFT'],
  ['an ip6tables rule', 'ip6tables -t nat -N LEFT', 'ip6tables -t nat -X LEFT'],
  ['a file', 'echo x > /run/left', 'rm /run/left'],
  ['an empty file', ': > /var/lib/cni/left', 'rm /var/lib/cni/left'],
  ['a folder', 'mkdir /run/left', 'rmdir /run/left'],
  ['an address inside', 'ip -n c1 addr add 192.0.2.1/24 dev lo', 'ip -n c1 addr del 192.0.2.1/24 dev lo'],
];

test.each(kinds)('shows %s, and that it went', (_what, make, undo) => {
  const before = takeSnapshot(host, { netns: ['c1'] });
  host.sh(make);
  expect(takeSnapshot(host, { netns: ['c1'] })).not.toEqual(before);
  host.sh(undo);
  expect(takeSnapshot(host, { netns: ['c1'] })).toEqual(before);
});

test('leaves out what is shared by design', () => {
  const before = takeSnapshot(host, { except: ['br0'] });
  host.sh('ip link add br0 type bridge; ip addr add 198.51.100.1/24 dev br0; ip link set br0 up');
  expect(takeSnapshot(host, { except: ['br0'] })).toEqual(before);
});
