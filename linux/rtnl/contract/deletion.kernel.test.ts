import { createNetns, removeNetns } from '../../netns/netns';
import type { Link } from '../model';
import { describeEachBackend, type Fixture, failure, upBridge } from './fixture';

/** Pairs that are ports of a bridge, each with its peer in the other namespace. */
function attach({ rtnl, otherNetns }: Fixture, bridge: Link, count: number): Link[] {
  return Array.from({ length: count }, (_, at) =>
    rtnl.createLink({
      kind: 'veth',
      name: `v${at}`,
      up: true,
      master: bridge.index,
      peer: { name: `p${at}`, netns: otherNetns, up: true },
    }),
  );
}

describeEachBackend((fixture) => {
  test('deleting one end deletes both, and leaves neither port nor name', async () => {
    const { rtnl, other } = fixture;
    const bridge = upBridge(fixture);
    const [port] = attach(fixture, bridge, 1);
    await rtnl.deleteLink(port!.index);
    expect(rtnl.findLink('v0')).toBeUndefined();
    expect(other.findLink('p0')).toBeUndefined();
    expect(rtnl.listLinks().filter(({ master }) => master === bridge.index)).toEqual([]);
    const [again] = attach(fixture, bridge, 1);
    expect(again!.index).not.toBe(port!.index);
  });

  test('a link is deleted by its name and by an alternative one', async () => {
    const { rtnl } = fixture;
    const [, second] = attach(fixture, upBridge(fixture), 2);
    const altName = 'an-alternative-name-of-some-length';
    rtnl.addAltName(second!.index, altName);
    await rtnl.deleteLink('v0');
    expect(rtnl.findLink('v0')).toBeUndefined();
    await rtnl.deleteLink(altName);
    expect(rtnl.findLink('v1')).toBeUndefined();
  });

  test('what is absent is ENODEV, what cannot be deleted EOPNOTSUPP', async () => {
    const { rtnl } = fixture;
    await expect(rtnl.deleteLink(999)).rejects.toThrow(failure('ENODEV'));
    await expect(rtnl.deleteLink(999)).rejects.toThrow('delete link 999: no such device');
    await expect(rtnl.deleteLink('nosuch')).rejects.toThrow('delete link "nosuch": no such device');
    await expect(rtnl.deleteLink('a/b')).rejects.toThrow(failure('ENODEV'));
    await expect(rtnl.deleteLink(1)).rejects.toThrow(failure('EOPNOTSUPP'));
    expect(rtnl.getLink('lo').index).toBe(1);
  });

  test('of many at once each has its own end', async () => {
    const { rtnl, other } = fixture;
    const links = attach(fixture, upBridge(fixture), 8);
    const wanted = [...links.map(({ index }) => index), 999, 'nosuch', 1];
    const ends = await Promise.allSettled(wanted.map((link) => rtnl.deleteLink(link)));
    const codes = ends.map((end) => (end.status === 'fulfilled' ? 'gone' : end.reason.code));
    expect(codes).toEqual([...links.map(() => 'gone'), 'ENODEV', 'ENODEV', 'EOPNOTSUPP']);
    expect(rtnl.listLinks().map(({ name }) => name)).toEqual(['lo', 'br0']);
    expect(other.listLinks()).toHaveLength(1);
    expect(rtnl.getLink('lo').index).toBe(1);
  });

  test('links that nobody asked for stay, whatever their group', async () => {
    const { rtnl } = fixture;
    const bridge = upBridge(fixture);
    const kept = [0, 1, 0x7fffffff].map((group, at) =>
      rtnl.createLink({ kind: 'veth', name: `kept${at}`, group, peer: { name: `far${at}` } }),
    );
    const links = attach(fixture, bridge, 3);
    await Promise.all(links.map(({ index }) => rtnl.deleteLink(index)));
    for (const { index, name, group } of kept)
      expect(rtnl.findLinkByIndex(index)).toMatchObject({ name, group });
  });

  test('it goes on when the conversation has ended, and in its own namespace', async () => {
    const { netns, otherNetns, rtnl } = fixture;
    const [port] = attach(fixture, upBridge(fixture), 1);
    using third = createNetns('/run/netns/contract-c');
    try {
      const deletion = otherNetns.run(() => ({ under: rtnl.deleteLink(port!.index) }));
      await deletion.under;
      expect(third.identity).not.toBe(netns.identity);
      expect(rtnl.findLink('v0')).toBeUndefined();
    } finally {
      removeNetns('/run/netns/contract-c');
    }
  });
});
