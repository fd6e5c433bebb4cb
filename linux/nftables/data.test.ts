import * as fc from 'fast-check';
import { dataKinds, findPrefix, parseParts } from './data';
import type { DataType } from './model';

const roundTrips: [DataType, text: string, first: string, last: string][] = [
  ['ipv4_addr', '10.0.0.1', '0a000001', '0a000001'],
  ['ipv4_addr', '10.0.0.0/24', '0a000000', '0a0000ff'],
  ['ipv4_addr', '0.0.0.0/0', '00000000', 'ffffffff'],
  ['ipv4_addr', '10.0.0.1-10.0.0.9', '0a000001', '0a000009'],
  ['ipv6_addr', 'fd00::/127', `fd${'0'.repeat(30)}`, `fd${'0'.repeat(29)}1`],
  ['ether_addr', '02:00:00:00:00:01', '020000000001', '020000000001'],
  ['inet_proto', 'tcp', '06', '06'],
  ['inet_proto', '200', 'c8', 'c8'],
  ['inet_service', '80', '0050', '0050'],
  ['inet_service', '80-65535', '0050', 'ffff'],
  ['ifname', 'eth0', '65746830000000000000000000000000', '65746830000000000000000000000000'],
];

test.each(roundTrips)('%s %s', (type, text, first, last) => {
  const interval = dataKinds[type].parse(text);
  expect(interval.first.toString('hex')).toBe(first);
  expect(interval.last.toString('hex')).toBe(last);
  expect(dataKinds[type].text(interval)).toBe(text);
});

test.each<[DataType, string]>([
  ['ipv4_addr', 'fd00::1'],
  ['ipv4_addr', 'fd00::/8'],
  ['ipv4_addr', '10.0.0.9-10.0.0.1'],
  ['ipv4_addr', '10.0.0.1-10.0.0.2-10.0.0.3'],
  ['ipv4_addr', '10.0.0.0/33'],
  ['ipv6_addr', '10.0.0.1'],
  ['ether_addr', '02:00'],
  ['inet_proto', 'nosuch'],
  ['inet_proto', '256'],
  ['inet_proto', 'constructor'],
  ['inet_service', '65536'],
  ['inet_service', '-80'],
  ['inet_service', '80-'],
  ['inet_service', ''],
  ['ifname', ''],
  ['ifname', 'sixteen-bytes-xx'],
])('%s refuses %j', (type, text) => {
  expect(() => dataKinds[type].parse(text)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});

test('as many parts as types', () => {
  expect(() => parseParts(['inet_proto', 'inet_service'], ['tcp'])).toThrow('2 parts are needed');
  expect(parseParts(['inet_proto', 'inet_service'], ['tcp', '80'])).toHaveLength(2);
});

test('every prefix is recognised, and nothing else is', () => {
  const bytes = fc.uint8Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(bytes, fc.integer({ min: 0, max: 32 }), (address, prefix) => {
      const interval = dataKinds.ipv4_addr.parse(`${address.join('.')}/${prefix}`);
      expect(findPrefix(interval)).toBe(prefix);
    }),
  );
  const range = (text: string) => findPrefix(dataKinds.ipv4_addr.parse(text));
  expect(range('10.0.0.1-10.0.0.2')).toBeUndefined();
  expect(range('10.0.0.0-10.0.0.2')).toBeUndefined();
  expect(range('10.0.0.0-10.0.1.255')).toBe(23);
  expect(range('9.255.255.255-10.0.0.0')).toBeUndefined();
});
