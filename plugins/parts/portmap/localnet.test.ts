import { findRoute } from './localnet';

const routes = [
  { dst: '0.0.0.0/0', index: 1 },
  { dst: '10.0.0.0/8', index: 2 },
  { dst: '10.0.0.7/32', index: 3 },
  { dst: 'fd00::/64', index: 4 },
];

test.each([
  ['10.0.0.7', 3],
  ['10.0.0.8', 2],
  ['192.0.2.1', 1],
  ['fd00::8', 4],
  ['fd01::8', undefined],
])('%s leaves by interface %s', (address, index) => {
  expect(findRoute(routes, address)?.index).toBe(index);
});
