import * as net from 'node:net';
import fc from 'fast-check';
import { isIP, isIPv4, isIPv6 } from './ip-version';

test.each<[string, 0 | 4 | 6]>([
  ['1.2.3.4', 4],
  ['255.255.255.255', 4],
  ['0.0.0.0', 4],
  ['256.1.1.1', 0],
  ['01.2.3.4', 0],
  ['1.2.3', 0],
  ['1.2.3.4\n', 0],
  ['', 0],
  ['::', 6],
  ['::1', 6],
  ['1::', 6],
  ['1:2:3:4:5:6:7:8', 6],
  ['1:2:3:4:5:6:7::', 6],
  ['::2:3:4:5:6:7:8', 6],
  ['1:2:3:4::5:6:7:8', 0],
  ['1:2:3:4:5:6:7', 0],
  ['1::2::3', 0],
  [':::', 0],
  [':1::', 0],
  ['1:', 0],
  ['12345::', 0],
  ['::ffff:1.2.3.4', 6],
  ['::1.2.3.4', 6],
  ['1:2:3:4:5:6:1.2.3.4', 6],
  ['1.2.3.4::', 0],
  ['::01.2.3.4', 0],
  ['fe80::1%eth0', 6],
  ['fe80::1%', 0],
  ['fe80::1%a%b', 0],
  ['1.2.3.4%eth0', 0],
])('isIP(%j) is %i', (text, version) => {
  expect(isIP(text)).toBe(version);
  expect(net.isIP(text)).toBe(version);
});

test('tells what node:net tells, for anything that looks like an address', () => {
  const pieces = [
    '0',
    '1',
    'a',
    'fFfF',
    '12345',
    '1.2.3.4',
    '01.2.3.4',
    '256.1.1.1',
    '::',
    '.',
    '%',
    '%eth0',
    ' ',
  ];
  const text = fc
    .tuple(fc.array(fc.constantFrom(...pieces), { maxLength: 10 }), fc.constantFrom(':', ''))
    .map(([parts, separator]) => parts.join(separator));
  fc.assert(
    fc.property(fc.oneof(text, fc.ipV4(), fc.ipV6(), fc.string()), (candidate) => {
      expect([candidate, isIP(candidate)]).toEqual([candidate, net.isIP(candidate)]);
      expect(isIPv4(candidate)).toBe(net.isIPv4(candidate));
      expect(isIPv6(candidate)).toBe(net.isIPv6(candidate));
    }),
    { numRuns: 3000 },
  );
});
