import { plan } from './addressing';

describe('addressing.plan', () => {
  it('is empty for a layer 2 network', () => {
    expect(plan({}, { needsGateway: true, defaultRoute: true })).toEqual({
      ips: [],
      resultRoutes: [],
      routes: [],
      families: [],
    });
  });

  it('takes the first address of the subnet as gateway where one is needed', () => {
    const { ips } = plan(
      { ips: [{ address: '10.1.2.3/24' }, { address: 'fd00::5/64' }] },
      { needsGateway: true },
    );
    expect(ips.map((ip) => ip.gateway)).toEqual(['10.1.2.1', 'fd00::1']);
  });

  it('names no gateway where none is needed', () => {
    expect(plan({ ips: [{ address: '10.1.2.3/24' }] }).ips).toEqual([{ address: '10.1.2.3/24' }]);
  });

  it('adds one default route per family', () => {
    const lease = {
      ips: [
        { address: '10.1.2.3/24', gateway: '10.1.2.254' },
        { address: 'fd00::5/64', gateway: 'fd00::1' },
      ],
    };
    const { routes, resultRoutes } = plan(lease, { defaultRoute: true });
    expect(routes).toEqual([
      { dst: '0.0.0.0/0', gateway: '10.1.2.254' },
      { dst: '::/0', gateway: 'fd00::1' },
    ]);
    expect(resultRoutes).toEqual([
      { dst: '0.0.0.0/0', gw: '10.1.2.254' },
      { dst: '::/0', gw: 'fd00::1' },
    ]);
  });

  it('adds no second default route when IPAM gives one, with or without gateway', () => {
    const ips = [{ address: '10.1.2.3/24', gateway: '10.1.2.1' }];
    for (const route of [{ dst: '0.0.0.0/0' }, { dst: '0.0.0.0/0', gw: '10.1.2.9' }]) {
      expect(plan({ ips, routes: [route] }, { defaultRoute: true }).routes).toEqual([
        { dst: '0.0.0.0/0', gateway: route.gw ?? '10.1.2.1' },
      ]);
    }
  });

  it('sends a route without gateway by the gateway of its family', () => {
    const lease = {
      ips: [
        { address: '10.1.2.3/24', gateway: '10.1.2.1' },
        { address: 'fd00::5/64', gateway: 'fd00::1' },
      ],
      routes: [{ dst: '192.168.7.9/24' }, { dst: 'fd01::/64' }],
    };
    expect(plan(lease).routes).toEqual([
      { dst: '192.168.7.0/24', gateway: '10.1.2.1' },
      { dst: 'fd01::/64', gateway: 'fd00::1' },
    ]);
  });

  it('gives a route of link scope no gateway, and keeps every attribute', () => {
    const lease = {
      ips: [{ address: '10.1.2.3/24', gateway: '10.1.2.1' }],
      routes: [{ dst: '192.0.2.0/24', scope: 253, mtu: 1400, advmss: 1360, priority: 5, table: 100 }],
    };
    expect(plan(lease).routes).toEqual([
      { dst: '192.0.2.0/24', scope: 253, mtu: 1400, advmss: 1360, priority: 5, table: 100 },
    ]);
  });

  it('drops a route that is given twice', () => {
    const routes = [
      { dst: '10.9.0.0/16', gw: '10.1.2.1' },
      { gw: '10.1.2.1', dst: '10.9.0.0/16' },
    ];
    expect(plan({ ips: [{ address: '10.1.2.3/24' }], routes }).routes).toHaveLength(1);
  });

  it('refuses an address that is no CIDR', () => {
    expect(() => plan({ ips: [{ address: '10.1.2.3' }] }, { needsGateway: true })).toThrow('10.1.2.3');
    expect(() => plan({ ips: [], routes: [{ dst: 'x' }] })).toThrow('x');
  });
});
