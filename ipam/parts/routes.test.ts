import { canonicalRoutes } from './routes';

test('addresses become canonical, everything else stays', () => {
  const routes = [
    { dst: 'FD00:0::5/64', gw: 'FE80:0::1', mtu: 1400, priority: 7, vendor: 'x' },
    { dst: '192.168.7.9/24' },
  ];
  const canonical = [{ ...routes[0], dst: 'fd00::5/64', gw: 'fe80::1' }, { dst: '192.168.7.9/24' }];
  expect(canonicalRoutes(routes)).toEqual(canonical);
});
