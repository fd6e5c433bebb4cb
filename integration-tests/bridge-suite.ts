/** What the suites of the bridge plugin share: a private host for each test, and networks on `br0`. */
import { type Json, Network } from './cni-call';
import { PrivateHost } from './private-host';

export let host: PrivateHost;

beforeEach(async () => {
  host = await PrivateHost.create();
});
afterEach(() => host.destroy());

export const dualStack = {
  type: 'host-local',
  ranges: [[{ subnet: '10.50.0.0/24' }], [{ subnet: 'fd50::/64' }]],
};

export function network(keys: Json = {}, name = 'net'): Network {
  return new Network(host, {
    name,
    plugins: [{ type: 'bridge', bridge: 'br0', isDefaultGateway: true, ipam: dualStack, ...keys }],
  });
}

export const inside = (name: string, command: string) => host.sh(`ip netns exec ${name} ${command}`);
export const pings = (from: string, to: string) =>
  host.exec(['ip', 'netns', 'exec', from, 'busybox', 'ping', '-c1', '-W1', to]).code === 0;
export const linkOf = (name: string, ifName = 'eth0') =>
  JSON.parse(inside(name, `ip -d -j link show ${ifName}`))[0];

/** A host behind the host, which knows no way back to the containers. A fresh link answers only after a moment. */
export function createOutside(): void {
  host.sh(`sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip netns add outside; ip link add up0 type veth peer name eth0 netns outside
ip addr add 192.0.2.1/24 dev up0; ip addr add fd99::1/64 dev up0 nodad; ip link set up0 up
ip -n outside addr add 192.0.2.2/24 dev eth0; ip -n outside addr add fd99::2/64 dev eth0 nodad
ip -n outside link set eth0 up; ip -n outside link set lo up
for n in 1 2 3 4 5; do busybox ping -c1 -W1 192.0.2.2 >/dev/null && busybox ping -c1 -W1 fd99::2 >/dev/null && break; done`);
}
