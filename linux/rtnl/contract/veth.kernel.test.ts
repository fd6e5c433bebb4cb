import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Netns } from '../../netns/netns';
import { describeEachBackend, failure, upBridge } from './fixture';

describeEachBackend((fixture) => {
  test('the peer is born in its namespace, and both ends are complete', () => {
    const { rtnl, other, otherNetns } = fixture;
    const bridge = upBridge(fixture);
    const end = { name: 'v0', up: true, mtu: 1400, mac: '02:00:00:00:00:02', alias: 'pod', group: 4 };
    const far = { name: 'eth0', up: true, mtu: 1400, mac: '02:00:00:00:00:03' };
    const peer = { ...far, netns: otherNetns };
    const created = rtnl.createLink({ kind: 'veth', ...end, master: bridge.index, peer });
    const eth0 = other.getLink('eth0');
    expect(created).toMatchObject({
      kind: 'veth',
      ...end,
      master: bridge.index,
      link: eth0.index,
      operState: 'UP',
    });
    expect(eth0).toMatchObject({ kind: 'veth', ...far, master: 0, link: created.index, operState: 'UP' });
    expect(rtnl.findLink('eth0')).toBeUndefined();
  });

  test('what completes it is there, too: as a port of its bridge, and by other names', () => {
    const { rtnl } = fixture;
    const bridge = upBridge(fixture);
    const altNames = ['another-name-of-the-link', 'one-more-name-of-the-link'];
    const flags = { hairpin: true, isolated: true };
    const created = rtnl.createLink({
      kind: 'veth',
      name: 'v0',
      master: bridge.index,
      alias: 'pod',
      altNames,
      ...flags,
      peer: { name: 'v1' },
    });
    expect(created).toMatchObject({ name: 'v0', alias: 'pod', altNames, port: flags });
    expect(rtnl.findLink(altNames[1]!)).toEqual(created);
  });

  test('a taken alternative name is EEXIST and leaves nothing; what has the name stays as it was', () => {
    const { rtnl } = fixture;
    const bridge = upBridge(fixture);
    rtnl.addAltName(bridge.index, 'an-alternative-name');
    const rest = { kind: 'veth', alias: 'pod', peer: { name: 'v1' } } as const;
    const taken = { ...rest, name: 'v0', altNames: ['an-alternative-name'] };
    expect(() => rtnl.createLink(taken)).toThrow(failure('EEXIST'));
    expect(() => rtnl.createLink({ ...rest, name: 'br0', altNames: ['other'] })).toThrow(failure('EEXIST'));
    expect(rtnl.listLinks().map(({ name }) => name)).toEqual(['lo', 'br0']);
    expect(rtnl.getLink('br0')).toMatchObject({ alias: '', altNames: ['an-alternative-name'] });
  });

  test('without a namespace both ends are here', () => {
    const { rtnl } = fixture;
    const { index } = rtnl.createLink({ kind: 'veth', name: 'v0', peer: { name: 'v1', up: true } });
    expect(rtnl.getLink('v1')).toMatchObject({ up: true, link: index });
    expect(rtnl.getLink('v0')).toMatchObject({ up: false, operState: 'DOWN' });
    // Kernels that are slow to notice the missing carrier say UNKNOWN for a moment
    expect(['LOWERLAYERDOWN', 'UNKNOWN']).toContain(rtnl.getLink('v1').operState);
  });

  test("a peer's name that is taken is EEXIST and leaves nothing", () => {
    const { rtnl, other, otherNetns } = fixture;
    other.createLink({ kind: 'bridge', name: 'eth0' });
    const spec = { kind: 'veth', name: 'v0', peer: { name: 'eth0', netns: otherNetns } } as const;
    expect(() => rtnl.createLink(spec)).toThrow(failure('EEXIST'));
    expect(rtnl.findLink('v0')).toBeUndefined();
    expect(other.getLink('eth0').kind).toBe('bridge');
  });

  test('a master that is absent leaves nothing', () => {
    const { rtnl, other, otherNetns } = fixture;
    const peer = { name: 'eth0', netns: otherNetns };
    expect(() => rtnl.createLink({ kind: 'veth', name: 'v0', master: 999, peer })).toThrow();
    expect(rtnl.findLink('v0')).toBeUndefined();
    expect(other.findLink('eth0')).toBeUndefined();
  });

  test('a conversation stays in its namespace when the thread and the Netns have gone', () => {
    const { netns, otherNetns, rtnl } = fixture;
    upBridge(fixture);
    otherNetns.run(() => expect(rtnl.findLink('br0')).toBeDefined());
    netns.close();
    expect(rtnl.findLink('br0')).toBeDefined();
    fixture.netns = Netns.open(netns.path);
  });

  test('no file descriptor is left open', async () => {
    const { rtnl, otherNetns } = fixture;
    const peer = { name: 'eth0', netns: otherNetns, up: true };
    const round = async () => {
      const { index } = rtnl.createLink({ kind: 'veth', name: 'v0', peer });
      expect(() => rtnl.createLink({ kind: 'veth', name: 'v0', peer })).toThrow(failure('EEXIST'));
      await rtnl.deleteLink(index);
    };
    const before = countOpen();
    for (let count = 0; count < 2; count += 1) await round();
    // The kernel finishes a deletion some time after the link is gone
    for (let look = 0; look < 200 && countOpen() !== before; look += 1) await sleep(10);
    expect(countOpen()).toBe(before);
  });
});

/** Sockets and namespaces that this process has open. */
function countOpen(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => /^(socket|net):/.test(target)).length;
}
