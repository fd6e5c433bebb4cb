import fc from 'fast-check';
import { formatOwner, isReservationName, parseOwner } from './reservation';

test('the file holds container and interface as the reference plugin writes them', () => {
  expect(formatOwner({ containerId: 'c1', ifName: 'eth0' })).toBe('c1\r\neth0');
  expect(parseOwner('c1\r\neth0\n')).toEqual({ containerId: 'c1', ifName: 'eth0' });
  expect(parseOwner('c1')).toEqual({ containerId: 'c1', ifName: '' });
});

test('format and parse are inverse', () => {
  const owner = fc.record({
    containerId: fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,80}$/),
    ifName: fc.stringMatching(/^[^\s/:\0]{0,15}$/),
  });
  fc.assert(fc.property(owner, (one) => expect(parseOwner(formatOwner(one))).toEqual(one)));
});

test.each(['', '\0\0\0\0', '../c1\r\neth0', 'c1\r\n../eth0', 'c1\r\neth0\r\nmore', 'a b', 'c1\neth0'])(
  'nobody owns %j',
  (text) => {
    expect(parseOwner(text)).toBeUndefined();
  },
);

test('only addresses are reservations', () => {
  const names = [
    '10.0.0.1',
    'fd00::1',
    'lock',
    'last_reserved_ip.0',
    '.draft',
    '..',
    'fe80::1%eth0',
    '10.0.0.1.new',
  ];
  expect(names.filter(isReservationName)).toEqual(['10.0.0.1', 'fd00::1']);
});
