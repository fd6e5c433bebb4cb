import { type Pool, planAllocation } from './allocation';
import { parseIp } from './ip';
import { candidateText, canonicalRangeSets } from './range-set';

const sets = canonicalRangeSets([
  [{ subnet: '10.0.0.0/29' }],
  [{ subnet: '10.0.1.0/29' }, { subnet: '10.0.2.0/29' }],
  [{ subnet: 'fd00::/64' }],
]);
const ips = (...texts: string[]) => texts.map((text) => parseIp(text)!);

function pool(reserved: string[] = [], owned: string[] = []): Pool {
  return {
    isReserved: (address) => reserved.includes(address),
    findUntaken: (_family, first) => first,
    lastReserved: () => undefined,
    owned: ips(...owned),
    containerId: 'c1',
  };
}

const plan = (requested: string[], from = pool()) =>
  planAllocation(sets, ips(...requested), from).map(candidateText);

test('one address from each set, requested ones in their set whatever their order', () => {
  expect(plan([])).toEqual(['10.0.0.2/29', '10.0.1.2/29', 'fd00::2/64']);
  expect(plan(['fd00::99', '10.0.2.5'])).toEqual(['10.0.0.2/29', '10.0.2.5/29', 'fd00::99/64']);
  expect(plan(['10.0.0.4', '10.0.0.4'])).toEqual(['10.0.0.4/29', '10.0.1.2/29', 'fd00::2/64']);
});

test.each([
  [['10.0.0.1'], [], "failed to allocate for range 0: requested ip 10.0.0.1 is subnet's gateway"],
  [
    ['10.0.2.3'],
    ['10.0.2.3'],
    'failed to allocate for range 1: requested IP address 10.0.2.3 is not available in range set 10.0.1.1-10.0.1.6,10.0.2.1-10.0.2.6',
  ],
  [['10.9.9.9', '10.0.0.2', 'fe80::1'], [], 'failed to allocate all requested IPs: 10.9.9.9 fe80::1'],
  [['10.0.0.2', '10.0.0.3'], [], 'failed to allocate all requested IPs: 10.0.0.3'],
  [
    [],
    ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6'],
    'failed to allocate for range 0: no IP addresses available in range set: 10.0.0.1-10.0.0.6',
  ],
])('requested %j with %j taken: refused', (requested, reserved, message) => {
  expect(() => plan(requested, pool(reserved))).toThrow(expect.objectContaining({ code: 999, message }));
});

test('an attachment that has an address of the set gets no second one', () => {
  expect(() => plan([], pool(['10.0.1.4'], ['10.0.1.4']))).toThrow(
    'failed to allocate for range 1: 10.0.1.4 has been allocated to c1, duplicate allocation is not allowed',
  );
});
