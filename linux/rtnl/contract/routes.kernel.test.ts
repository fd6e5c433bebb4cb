import type { Route } from '../model';
import { describeEachBackend, type Fixture, failure, upBridge } from './fixture';

const families = [
  {
    family: 'IPv4',
    address: '10.0.0.2/24',
    subnet: '10.0.0.0/24',
    gateway: '10.0.0.1',
    far: '10.99.0.1',
    src: '10.0.0.2',
    dst: { asked: '192.168.7.9/16', kept: '192.168.0.0/16' },
    any: '0.0.0.0/0',
    unreachable: 'ENETUNREACH',
    connectedScope: 253,
    defaultPriority: undefined,
  },
  {
    family: 'IPv6',
    address: 'fd00::2/64',
    subnet: 'fd00::/64',
    gateway: 'fd00::1',
    far: 'fd99::1',
    src: 'fd00::2',
    dst: { asked: 'fd07::9/32', kept: 'fd07::/32' },
    any: '::/0',
    unreachable: 'EHOSTUNREACH',
    connectedScope: 0,
    defaultPriority: 1024,
  },
];

function addressedLink(fixture: Fixture, address: string): number {
  const { index } = upBridge(fixture);
  fixture.rtnl.addAddress({ index, address, noDad: true });
  return index;
}

function routesTo({ rtnl }: Fixture, dst: string, table = 254): Route[] {
  return rtnl.listRoutes({ table }).filter((route) => route.dst === dst);
}

describeEachBackend((fixture) => {
  describe.each(families)('$family', (family) => {
    const { address, gateway, dst, src } = family;

    test('a route carries every key, with the host bits off', () => {
      const index = addressedLink(fixture, address);
      const keys = { gateway, index, src, mtu: 1400, advmss: 1300, priority: 50, protocol: 4, scope: 0 };
      fixture.rtnl.addRoute({ dst: dst.asked, ...keys });
      expect(routesTo(fixture, dst.kept)).toEqual([{ dst: dst.kept, ...keys, table: 254 }]);
      fixture.rtnl.deleteRoute({ dst: dst.kept });
      expect(routesTo(fixture, dst.kept)).toEqual([]);
    });

    test('the default route, and what is taken for absent keys', () => {
      const index = addressedLink(fixture, address);
      fixture.rtnl.addRoute({ dst: family.any, gateway });
      fixture.rtnl.addRoute({ dst: dst.kept, index });
      const { defaultPriority: priority } = family;
      const common = { index, table: 254, protocol: 3, ...(priority !== undefined && { priority }) };
      expect(routesTo(fixture, family.any)).toEqual([{ dst: family.any, gateway, scope: 0, ...common }]);
      expect(routesTo(fixture, dst.kept)).toEqual([
        { dst: dst.kept, scope: family.connectedScope, ...common },
      ]);
    });

    test('connected routes are listed by link, local and broadcast ones are not', () => {
      const index = addressedLink(fixture, address);
      const dsts = fixture.rtnl.listRoutes({ index }).map((route) => route.dst);
      expect(dsts).toContain(family.subnet);
      expect(dsts.filter((found) => found.endsWith('/32') || found.endsWith('/128'))).toEqual([]);
      expect(fixture.rtnl.listRoutes({ index: 1 })).toEqual([]);
    });

    test('routes of another table stay out of the main one', () => {
      const index = addressedLink(fixture, address);
      for (const table of [100, 1000]) {
        fixture.rtnl.addRoute({ dst: dst.kept, gateway, index, table });
        expect(routesTo(fixture, dst.kept, table)).toMatchObject([{ dst: dst.kept, table }]);
      }
      expect(routesTo(fixture, dst.kept)).toEqual([]);
      fixture.rtnl.deleteRoute({ dst: dst.kept, table: 1000 });
      expect(routesTo(fixture, dst.kept, 1000)).toEqual([]);
      expect(fixture.rtnl.listRoutes({ table: 77 })).toEqual([]);
    });

    test('an on-link gateway need not be covered', () => {
      const index = addressedLink(fixture, address);
      const route = { dst: dst.kept, gateway: family.far, index };
      expect(() => fixture.rtnl.addRoute(route)).toThrow(failure(family.unreachable));
      fixture.rtnl.addRoute({ ...route, onLink: true });
      expect(routesTo(fixture, dst.kept)).toMatchObject([{ ...route, onLink: true }]);
    });

    test('a present route is EEXIST, an absent one ESRCH, an absent link ENODEV', () => {
      const index = addressedLink(fixture, address);
      const route = { dst: dst.kept, gateway, index };
      fixture.rtnl.addRoute(route);
      expect(() => fixture.rtnl.addRoute(route)).toThrow(failure('EEXIST'));
      expect(() => fixture.rtnl.addRoute(route)).toThrow(
        `add route "${dst.kept}" via "${gateway}" on link ${index}: file exists`,
      );
      fixture.rtnl.deleteRoute(route);
      expect(() => fixture.rtnl.deleteRoute(route)).toThrow(failure('ESRCH'));
      expect(() => fixture.rtnl.addRoute({ dst: dst.kept, index: 999 })).toThrow(failure('ENODEV'));
    });

    test('deleting matches the keys that are given', () => {
      const index = addressedLink(fixture, address);
      fixture.rtnl.addRoute({ dst: dst.kept, gateway, index, priority: 10 });
      fixture.rtnl.addRoute({ dst: dst.kept, gateway, index, priority: 20 });
      fixture.rtnl.deleteRoute({ dst: dst.kept, priority: 20 });
      expect(routesTo(fixture, dst.kept).map(({ priority }) => priority)).toEqual([10]);
      expect(() => fixture.rtnl.deleteRoute({ dst: dst.kept, gateway: family.far })).toThrow(
        failure('ESRCH'),
      );
    });

    test('each listed route can be deleted as it was listed', () => {
      const index = addressedLink(fixture, address);
      fixture.rtnl.addRoute({ dst: dst.kept, gateway, src, mtu: 1400, priority: 7 });
      for (const route of fixture.rtnl.listRoutes({ index })) fixture.rtnl.deleteRoute(route);
      expect(fixture.rtnl.listRoutes({ index })).toEqual([]);
    });

    test('a link that is down takes no routes', () => {
      const { index } = fixture.rtnl.createLink({ kind: 'bridge', name: 'br0' });
      expect(() => fixture.rtnl.addRoute({ dst: dst.kept, index })).toThrow(failure('ENETDOWN'));
    });

    test.each([
      { gateway: 'nonsense' },
      { src: '10.0.0' },
      { protocol: 300 },
      { priority: -1 },
      { mtu: 1.5 },
    ])('%j is refused', (wrong) => {
      const index = addressedLink(fixture, address);
      expect(() => fixture.rtnl.addRoute({ dst: dst.kept, index, ...wrong })).toThrow(failure('EINVAL'));
      expect(routesTo(fixture, dst.kept)).toEqual([]);
    });
  });

  test('an IPv4 route through an IPv6 gateway', () => {
    const index = addressedLink(fixture, 'fd00::2/64');
    const route = { dst: '10.7.0.0/16', gateway: 'fd00::1', index };
    fixture.rtnl.addRoute(route);
    expect(routesTo(fixture, route.dst)).toMatchObject([route]);
    fixture.rtnl.deleteRoute(route);
    expect(routesTo(fixture, route.dst)).toEqual([]);
  });
});
