import type { Rtnl } from '../model';
import { describeEachBackend, failure, upBridge } from './fixture';

/** Whether this kernel filters by VLAN, as told by the attribute that only such kernels take. */
function hasVlanFiltering(rtnl: Rtnl): boolean {
  try {
    rtnl.createLink({ kind: 'bridge', name: 'probe', vlanFiltering: true });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'EOPNOTSUPP' });
    expect(rtnl.findLink('probe')).toBeUndefined();
    return false;
  }
}

describeEachBackend((fixture) => {
  test('a port is found among many, and none of another bridge', () => {
    const { rtnl } = fixture;
    const [bridge, other] = [upBridge(fixture), upBridge(fixture, 'br1')];
    for (let at = 0; at < 40; at += 1)
      rtnl.createLink({
        kind: 'veth',
        name: `v${at}`,
        master: at % 4 === 3 ? other.index : bridge.index,
        peer: { name: `p${at}` },
      });
    expect(rtnl.findPort(bridge.index, ({ name }) => name === 'v38')?.name).toBe('v38');
    expect(rtnl.findPort(bridge.index, () => true)?.master).toBe(bridge.index);
    expect(rtnl.findPort(bridge.index, ({ name }) => name === 'v3')).toBeUndefined();
    expect(rtnl.findPort(999, () => true)).toBeUndefined();
    // One that stopped early leaves the conversation as it was
    expect(rtnl.listLinks()).toHaveLength(83);
  });

  function newPort() {
    const bridge = upBridge(fixture);
    const peer = { name: 'eth0', netns: fixture.otherNetns, up: true };
    const port = fixture.rtnl.createLink({ kind: 'veth', name: 'v0', up: true, master: bridge.index, peer });
    return { bridge, port };
  }

  test('a port has its state and its switches', () => {
    const { rtnl } = fixture;
    const { port } = newPort();
    expect(rtnl.getLink('v0').port).toEqual({ hairpin: false, isolated: false, state: 'forwarding' });
    rtnl.setLink(port.index, { hairpin: true });
    expect(rtnl.getLink('v0').port).toEqual({ hairpin: true, isolated: false, state: 'forwarding' });
    rtnl.setLink(port.index, { hairpin: false, isolated: true, up: false });
    expect(rtnl.getLink('v0').port).toEqual({ hairpin: false, isolated: true, state: 'disabled' });
  });

  test('a link joins and leaves a bridge', () => {
    const { rtnl } = fixture;
    const { bridge, port } = newPort();
    rtnl.setLink(port.index, { master: 0 });
    expect(rtnl.getLink('v0')).toMatchObject({ master: 0 });
    expect(rtnl.getLink('v0').port).toBeUndefined();
    rtnl.setLink(port.index, { master: bridge.index, hairpin: true });
    expect(rtnl.getLink('v0')).toMatchObject({ master: bridge.index, port: { hairpin: true } });
  });

  test('what is no port has no switches', () => {
    const { rtnl } = fixture;
    const { index } = upBridge(fixture);
    expect(() => rtnl.setLink(index, { hairpin: true })).toThrow(failure('EOPNOTSUPP'));
    expect(() => rtnl.setLink(999, { isolated: true })).toThrow(failure('ENODEV'));
  });

  test('a bridge is no port of a bridge', () => {
    const inner = upBridge(fixture, 'br1');
    const { index } = upBridge(fixture);
    expect(() => fixture.rtnl.setLink(inner.index, { master: index })).toThrow(failure('ELOOP'));
  });

  test('vlan filtering works, or is EOPNOTSUPP on a kernel without it', () => {
    const { rtnl } = fixture;
    const { bridge, port } = newPort();
    const filter = () => rtnl.setLink(bridge.index, { vlanFiltering: true });
    const join = () => rtnl.addBridgeVlan({ index: port.index, vid: 5, pvid: true, untagged: true });
    if (!hasVlanFiltering(rtnl)) {
      expect(filter).toThrow(failure('EOPNOTSUPP'));
      expect(join).toThrow(failure('EOPNOTSUPP'));
      expect(rtnl.listBridgeVlans()).toEqual([]);
      return;
    }
    filter();
    expect(rtnl.getLink('br0').bridge).toEqual({ vlanFiltering: true });
    join();
    rtnl.addBridgeVlan({ index: port.index, vid: 10, vidEnd: 12 });
    const tagged = (vid: number) => ({ index: port.index, vid, pvid: false, untagged: false });
    const expected = [
      { ...tagged(1), untagged: true },
      { index: port.index, vid: 5, pvid: true, untagged: true },
      ...[10, 11, 12].map(tagged),
    ];
    expect(rtnl.listBridgeVlans(port.index)).toEqual(expected);
    rtnl.deleteBridgeVlan({ index: port.index, vid: 10, vidEnd: 11 });
    rtnl.deleteBridgeVlan({ index: port.index, vid: 1 });
    expect(rtnl.listBridgeVlans(port.index)).toEqual([expected[1], tagged(12)]);
    rtnl.addBridgeVlan({ index: bridge.index, vid: 5 });
    expect(rtnl.listBridgeVlans(bridge.index).map(({ vid }) => vid)).toEqual([1, 5]);
  });

  test.each([{ vid: 0 }, { vid: 4095 }, { vid: 1.5 }, { vid: 7, vidEnd: 5 }, { vid: 7, vidEnd: 4095 }])(
    'the vlan range %j is refused',
    (range) => {
      expect(() => fixture.rtnl.addBridgeVlan({ index: 1, ...range })).toThrow(failure('EINVAL'));
      expect(() => fixture.rtnl.deleteBridgeVlan({ index: 1, ...range })).toThrow(failure('EINVAL'));
    },
  );

  test('vlans of an absent link are ENODEV', () => {
    expect(() => fixture.rtnl.addBridgeVlan({ index: 999, vid: 5 })).toThrow(failure('ENODEV'));
  });
});
