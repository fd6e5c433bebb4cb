import { describeEachBackend, failure, upBridge } from './fixture';

const families = [
  { family: 'IPv4', address: '10.0.0.9' },
  { family: 'IPv6', address: 'fd00::9' },
];

describeEachBackend((fixture) => {
  describe.each(families)('$family', ({ address }) => {
    const mac = '02:00:00:00:00:09';

    test('a permanent entry is added, listed, deleted', () => {
      const { rtnl } = fixture;
      const { index } = upBridge(fixture);
      rtnl.addNeighbour({ index, address, mac });
      expect(rtnl.listNeighbours(index)).toEqual([{ index, address, mac, state: 'PERMANENT' }]);
      expect(rtnl.listNeighbours()).toEqual(rtnl.listNeighbours(index));
      expect(rtnl.listNeighbours(1)).toEqual([]);
      rtnl.deleteNeighbour({ index, address });
      expect(rtnl.listNeighbours(index)).toEqual([]);
    });

    test('a present entry is EEXIST, an absent one ENOENT, an absent link ENODEV', () => {
      const { rtnl } = fixture;
      const { index } = upBridge(fixture);
      rtnl.addNeighbour({ index, address, mac });
      expect(() => rtnl.addNeighbour({ index, address, mac })).toThrow(failure('EEXIST'));
      rtnl.deleteNeighbour({ index, address });
      expect(() => rtnl.deleteNeighbour({ index, address })).toThrow(failure('ENOENT'));
      expect(() => rtnl.addNeighbour({ index: 999, address, mac })).toThrow(failure('ENODEV'));
      expect(() => rtnl.addNeighbour({ index, address, mac: '02:00' })).toThrow(failure('EINVAL'));
      expect(() => rtnl.addNeighbour({ index, address: 'x', mac })).toThrow(failure('EINVAL'));
    });
  });
});
