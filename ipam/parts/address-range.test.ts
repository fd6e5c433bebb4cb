import { canonicalRange, rangeText } from './address-range';
import { ipText } from './ip';

test.each([
  [{ subnet: '192.0.2.0/24' }, '192.0.2.1-192.0.2.254', '192.0.2.1'],
  [{ subnet: '192.0.2.0/30' }, '192.0.2.1-192.0.2.2', '192.0.2.1'],
  [{ subnet: 'fd00::/64' }, 'fd00::1-fd00::ffff:ffff:ffff:ffff', 'fd00::1'],
  [{ subnet: '2001:db8::/126' }, '2001:db8::1-2001:db8::3', '2001:db8::1'],
  [
    { subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.17', gateway: '10.1.2.254' },
    '10.1.2.9-10.1.2.17',
    '10.1.2.254',
  ],
  [{ subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.9' }, '10.1.2.9-10.1.2.9', '10.1.2.1'],
  [{ subnet: '10.1.2.0/24', rangeStart: '', rangeEnd: '', gateway: '' }, '10.1.2.1-10.1.2.254', '10.1.2.1'],
  [{ subnet: 'fd00::/64', gateway: 'fe80::1' }, 'fd00::1-fd00::ffff:ffff:ffff:ffff', 'fe80::1'],
  [{ subnet: '10.1.2.0/24', gateway: '10.9.0.1' }, '10.1.2.1-10.1.2.254', '10.9.0.1'],
])('%j covers %s behind %s', (conf, range, gateway) => {
  const canonical = canonicalRange(conf);
  expect(rangeText(canonical)).toBe(range);
  expect(ipText(canonical.gateway)).toBe(gateway);
});

test('network and broadcast address are left out, even when they are asked for', () => {
  const range = canonicalRange({ subnet: '10.1.2.0/24', rangeStart: '10.1.2.0', rangeEnd: '10.1.2.255' });
  expect(rangeText(range)).toBe('10.1.2.1-10.1.2.254');
  expect(
    rangeText(canonicalRange({ subnet: 'fd00::/120', rangeStart: 'fd00::', rangeEnd: 'fd00::ff' })),
  ).toBe('fd00::1-fd00::ff');
});

test.each([
  [{}, 'invalid CIDR address: '],
  [{ subnet: '10.1.2.0' }, 'invalid CIDR address: 10.1.2.0'],
  [{ subnet: '192.0.2.0/31' }, 'Network 192.0.2.0/31 too small to allocate from'],
  [{ subnet: 'fd00::/127' }, 'Network fd00::/127 too small to allocate from'],
  [
    { subnet: '192.0.2.12/24' },
    'Network has host bits set. For a subnet mask of length 24 the network address is 192.0.2.0',
  ],
  [{ subnet: '192.0.2.0/24', rangeStart: '192.0.3.1' }, 'RangeStart 192.0.3.1 not in network 192.0.2.0/24'],
  [{ subnet: '192.0.2.0/24', rangeEnd: 'fd00::1' }, 'RangeEnd fd00::1 not in network 192.0.2.0/24'],
  [{ subnet: '192.0.2.0/24', rangeStart: 'x' }, 'invalid IP address: x'],
  [
    { subnet: '192.0.2.0/24', rangeStart: '192.0.2.9', rangeEnd: '192.0.2.8' },
    'RangeStart 192.0.2.9 not in network 192.0.2.0/24: it is after RangeEnd 192.0.2.8',
  ],
  [
    { subnet: '192.0.2.0/24', rangeEnd: '192.0.2.0' },
    'RangeStart 192.0.2.1 not in network 192.0.2.0/24: it is after RangeEnd 192.0.2.0',
  ],
  [
    { subnet: '192.0.2.0/24', rangeStart: '192.0.2.255' },
    'RangeStart 192.0.2.255 not in network 192.0.2.0/24: it is after RangeEnd 192.0.2.254',
  ],
  [
    { subnet: '192.0.2.0/24', rangeStart: '192.0.2.255', rangeEnd: '192.0.2.255' },
    'range 192.0.2.255-192.0.2.255 has no usable address',
  ],
  [{ subnet: '192.0.2.0/24', gateway: 'fe80::1' }, 'gateway fe80::1 not in network 192.0.2.0/24'],
])('%j: %s', (conf, message) => {
  expect(() => canonicalRange(conf)).toThrow(new Error(message));
});
