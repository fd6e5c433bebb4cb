import { runSync } from '../../command';
import { describeEachBackend, failure, upBridge } from './fixture';

/** The same tests for both families. */
const families = [
  { family: 'IPv4', address: '10.1.2.3/24', second: '10.9.0.1/32', unknown: '10.8.0.1/24' },
  { family: 'IPv6', address: 'fd00:1::3/64', second: 'fd00:9::1/128', unknown: 'fd00:8::1/64' },
];

describeEachBackend((fixture) => {
  test('a link is configured at once: addresses, up, routes', () => {
    const { rtnl } = fixture;
    const { index } = rtnl.createLink({ kind: 'bridge', name: 'br0' });
    const addresses = [{ address: '10.0.0.2/24' }, { address: 'fd00::2/64', noDad: true }];
    const routes = [
      { dst: '10.9.0.0/16', gateway: '10.0.0.1' },
      { dst: '::/0', gateway: 'fd00::1' },
    ];
    rtnl.configureLink(index, { addresses, routes });
    expect(rtnl.getLink('br0').up).toBe(true);
    const present = rtnl.listAddresses(index).map(({ address }) => address);
    expect(present).toEqual(expect.arrayContaining(addresses.map(({ address }) => address)));
    expect(rtnl.listRoutes({ index })).toEqual(
      expect.arrayContaining(routes.map((route) => expect.objectContaining(route))),
    );
  });

  test('the first failure of a configuration is told', () => {
    const { rtnl } = fixture;
    const { index } = rtnl.createLink({ kind: 'bridge', name: 'br0' });
    const routes = [{ dst: '10.9.0.0/16', gateway: '192.0.2.1' }];
    const unreachable = { addresses: [{ address: '10.0.0.2/24' }], routes };
    expect(() => rtnl.configureLink(index, unreachable)).toThrow('add route "10.9.0.0/16" via "192.0.2.1"');
    expect(() => rtnl.configureLink(index, { ...unreachable, routes: [] })).toThrow(failure('EEXIST'));
    expect(() => rtnl.configureLink(999, { addresses: [], routes: [] })).toThrow(failure('ENODEV'));
  });

  describe.each(families)('$family', ({ address, second, unknown }) => {
    test('addresses are added, listed by link, and deleted', () => {
      const { rtnl } = fixture;
      const { index } = upBridge(fixture);
      const settled = { index, scope: 'global', tentative: false, dadFailed: false };
      rtnl.addAddress({ index, address, noDad: true });
      rtnl.addAddress({ index, address: second, noDad: true });
      const added = () => rtnl.listAddresses(index).filter(({ scope }) => scope === 'global');
      const byAddress = (a: { address: string }, b: { address: string }) =>
        a.address.localeCompare(b.address);
      expect(added().sort(byAddress)).toEqual(
        [
          { ...settled, address },
          { ...settled, address: second },
        ].sort(byAddress),
      );
      expect(rtnl.listAddresses(1)).toEqual([]);
      rtnl.deleteAddress({ index, address });
      expect(added()).toEqual([{ ...settled, address: second }]);
    });

    test('a present address is EEXIST, an absent one EADDRNOTAVAIL, an absent link ENODEV', () => {
      const { rtnl } = fixture;
      const { index } = upBridge(fixture);
      rtnl.addAddress({ index, address });
      expect(() => rtnl.addAddress({ index, address })).toThrow(failure('EEXIST'));
      expect(() => rtnl.addAddress({ index, address })).toThrow(
        `add address "${address}" on link ${index}: `,
      );
      expect(() => rtnl.deleteAddress({ index, address: unknown })).toThrow(failure('EADDRNOTAVAIL'));
      expect(() => rtnl.addAddress({ index: 999, address })).toThrow(failure('ENODEV'));
      expect(() => rtnl.deleteAddress({ index: 999, address })).toThrow(failure('ENODEV'));
      expect(rtnl.listAddresses(999)).toEqual([]);
    });
  });

  test('loopback addresses get host scope', () => {
    const { rtnl } = fixture;
    rtnl.addAddress({ index: 1, address: '127.0.0.2/8' });
    expect(rtnl.listAddresses(1)).toMatchObject([{ address: '127.0.0.2/8', scope: 'host' }]);
  });

  test('duplicate address detection runs unless told not to', () => {
    const { rtnl } = fixture;
    const { index } = upBridge(fixture);
    rtnl.addAddress({ index, address: 'fd00::1/64' });
    const find = (address: string) => rtnl.listAddresses(index).find((found) => found.address === address);
    expect(find('fd00::1/64')).toMatchObject({ tentative: true });
    rtnl.addAddress({ index, address: 'fd00::2/64', noDad: true });
    expect(find('fd00::2/64')).toMatchObject({ tentative: false });
  });

  test('the broadcast address of the subnet comes along unless told not to', () => {
    const { rtnl } = fixture;
    const { index } = upBridge(fixture);
    rtnl.addAddress({ index, address: '10.0.1.1/24' });
    rtnl.addAddress({ index, address: '10.0.2.1/24', broadcast: false });
    const shown = fixture.netns.run(() => runSync(['ip', '-4', 'address', 'show', 'dev', 'br0']));
    expect(shown).toContain('inet 10.0.1.1/24 brd 10.0.1.255 scope');
    expect(shown).toContain('inet 10.0.2.1/24 scope');
  });

  test.each([
    '',
    '10.0.0.1',
    '10.0.0.1/33',
    '10.0.0/24',
    'fd00::/129',
    'fe80::1%lo/64',
    '10.0.0.1/24 dev lo',
    'x/8',
  ])('%j is no address', (address) => {
    expect(() => fixture.rtnl.addAddress({ index: 1, address })).toThrow(failure('EINVAL'));
    expect(() => fixture.rtnl.deleteAddress({ index: 1, address })).toThrow(failure('EINVAL'));
    expect(fixture.rtnl.listAddresses()).toEqual([]);
  });
});
