/** Both backends must see the same kernel objects alike, whichever made them. */
import { runSync } from '../../command';
import type { Rtnl } from '../model';
import { describeEachBackend, type Fixture, lookWithEach } from './fixture';

/** Things that iproute2 makes and this interface does not, each of which a listing meets on real hosts. */
const foreignObjects = `
link add name mv0 link br0 type macvlan mode bridge
link add name vx0 type vxlan id 7 dstport 4789
address add 10.3.0.1 peer 10.3.0.2/32 dev br0
address add ::ffff:10.5.0.1/128 dev br0 nodad
address add 10.4.0.1/24 dev br0 scope 77
link set dev lo up
route add blackhole 10.50.0.0/16
route add 10.51.0.0/16 dev br0 metric 3 scope link
route add 10.52.0.0/16 nexthop via 10.1.0.7 dev br0 nexthop via 10.1.0.8 dev br0
route add fd52::/32 dev br0
neighbour add 10.1.0.77 dev br0 nud stale lladdr 02:00:00:00:00:77
neighbour add fd01::77 dev br0 nud failed
`;

function build({ rtnl, netns, otherNetns }: Fixture): void {
  const bridge = rtnl.createLink({ kind: 'bridge', name: 'br0', up: true, alias: 'net "one"', group: 3 });
  const peer = { name: 'eth0', netns: otherNetns, up: true };
  const port = rtnl.createLink({ kind: 'veth', name: 'v0', up: true, master: bridge.index, peer });
  rtnl.setLink(port.index, { hairpin: true, isolated: true });
  rtnl.addAltName(port.index, 'an-alternative-name-of-the-port');
  rtnl.createLink({ kind: 'veth', name: 'w0', peer: { name: 'w1' } });
  rtnl.addAddress({ index: bridge.index, address: '10.1.0.1/16' });
  rtnl.addAddress({ index: bridge.index, address: 'fd01::1/64', noDad: true });
  rtnl.addRoute({ dst: '0.0.0.0/0', gateway: '10.1.0.9', mtu: 1400, advmss: 1300 });
  rtnl.addRoute({ dst: '::/0', gateway: 'fd01::9', mtu: 1400 });
  rtnl.addRoute({ dst: 'fd09::/64', gateway: 'fd01::9', table: 1000 });
  rtnl.addNeighbour({ index: bridge.index, address: 'fd01::9', mac: '02:00:00:00:00:09' });
  netns.run(() => runSync(['ip', '-batch', '-'], { input: foreignObjects }));
}

/** Dump order of neighbours follows the kernel's hash, which a listing of its own may change. */
const looks: Record<string, (rtnl: Rtnl) => unknown> = {
  links: (rtnl) => rtnl.listLinks(),
  'one link': (rtnl) => rtnl.getLink('an-alternative-name-of-the-port'),
  addresses: (rtnl) => rtnl.listAddresses().map(({ tentative: _, ...address }) => address),
  routes: (rtnl) => rtnl.listRoutes(),
  'routes of a table': (rtnl) => rtnl.listRoutes({ table: 1000 }),
  'routes of a link': (rtnl) => rtnl.listRoutes({ index: rtnl.getLink('br0').index }),
  'routes of the local table': (rtnl) => rtnl.listRoutes({ table: 255 }),
  neighbours: (rtnl) => rtnl.listNeighbours(),
  vlans: (rtnl) => rtnl.listBridgeVlans(),
};

describeEachBackend((fixture) => {
  test('both see the same', () => {
    build(fixture);
    for (const [what, look] of Object.entries(looks)) {
      const [netlink, command] = lookWithEach(fixture.netns, look);
      expect({ what, seen: command }).toEqual({ what, seen: netlink });
    }
    const [links] = lookWithEach(fixture.netns, (rtnl) => rtnl.listLinks());
    expect(links!.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['macvlan', 'vxlan', 'veth', 'bridge']),
    );
  });

  test('what both refuse has one code and names the same operation', async () => {
    const attempts: ((rtnl: Rtnl) => unknown)[] = [
      (rtnl) => rtnl.getLink('nosuch'),
      (rtnl) => rtnl.createLink({ kind: 'bridge', name: 'lo' }),
      (rtnl) => rtnl.setLink(1, { master: 1 }),
      (rtnl) => rtnl.setLink(1, { mtu: 4_000_000_000, up: true }),
      (rtnl) => rtnl.deleteLink(1),
      (rtnl) => rtnl.deleteLink('nosuch'),
      (rtnl) => rtnl.addAddress({ index: 1, address: '0.0.0.0/33' }),
      (rtnl) => rtnl.addRoute({ dst: '10.0.0.0/8' }),
      (rtnl) => rtnl.addRoute({ dst: '10.0.0.0/8', gateway: '10.0.0.1' }),
      (rtnl) => rtnl.addRoute({ dst: 'fd00::/8', gateway: 'fd00::1' }),
      (rtnl) => rtnl.addRoute({ dst: '10.0.0.0/8', index: 1, src: '10.0.0.1' }),
      (rtnl) => rtnl.deleteRoute({ dst: '10.0.0.0/8' }),
      (rtnl) => rtnl.deleteNeighbour({ index: 1, address: '10.0.0.1' }),
      (rtnl) => rtnl.addBridgeVlan({ index: 1, vid: 4 }),
      (rtnl) => rtnl.deleteAltName(1, 'nosuch'),
    ];
    for (const attempt of attempts) {
      const attempted = lookWithEach(fixture.netns, async (rtnl) => {
        try {
          await attempt(rtnl);
          return { attempt: String(attempt), code: 'none' };
        } catch (error) {
          const { code, message } = error as Error & { code: string };
          return { attempt: String(attempt), code, operation: message.split(': ')[0] };
        }
      });
      const [netlink, command] = await Promise.all(attempted);
      expect(command).toEqual(netlink);
      expect(netlink!.code).not.toBe('none');
    }
  });
});
