import { keysMeet } from './element-overlap';
import type { SetSpec } from './model';

const ports: SetSpec = { name: 's', key: ['inet_proto', 'inet_service'], interval: true };
const pairs: SetSpec = { name: 's', key: ['ipv4_addr', 'ipv4_addr'], interval: true };

test.each<[SetSpec, one: string[], other: string[], boolean]>([
  [ports, ['tcp', '80'], ['tcp', '80'], true],
  [ports, ['tcp', '80'], ['udp', '80'], false],
  [ports, ['tcp', '80-90'], ['tcp', '90-100'], true],
  [ports, ['tcp', '80-90'], ['tcp', '91'], false],
  [ports, ['tcp', '80-90'], ['tcp', '70-100'], true],
  [pairs, ['10.0.0.2', '10.0.0.0/24'], ['10.0.0.2', '0.0.0.0/0'], true],
  [pairs, ['10.0.0.2', '10.0.0.0/24'], ['10.0.0.3', '10.0.0.0/24'], false],
])('%#: %j %j %j', (set, one, other, meet) => {
  expect(keysMeet(set, one, other)).toBe(meet);
  expect(keysMeet(set, other, one)).toBe(meet);
});
