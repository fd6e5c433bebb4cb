import * as fc from 'fast-check';
import { addressText, broadcastBytes, cidrText, networkBytes, parseAddress, parseCidr } from './ip-address';

const address = fc.oneof(fc.ipV4(), fc.ipV6());
const bytes = fc
  .oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }))
  .map((list) => Buffer.from(list));

test('every address survives the way to bytes and back', () => {
  fc.assert(fc.property(bytes, (list) => expect(parseAddress(addressText(list)).bytes).toEqual(list)));
  fc.assert(
    fc.property(address, (one) => {
      expect(parseAddress(one).bytes).toHaveLength(one.includes(':') ? 16 : 4);
    }),
  );
});

test.each([
  ['10.1.2.3/24', '10.1.2.0/24', '10.1.2.255'],
  ['10.1.2.3/32', '10.1.2.3/32', '10.1.2.3'],
  ['10.1.2.3/0', '0.0.0.0/0', '255.255.255.255'],
  ['10.1.2.3/13', '10.0.0.0/13', '10.7.255.255'],
  ['fd00::5:6/112', 'fd00::5:0/112', 'fd00::5:ffff'],
  ['FD00:0:0::1/127', 'fd00::/127', 'fd00::1'],
])('%s lies in %s, which ends with %s', (text, network, last) => {
  const cidr = parseCidr(text);
  expect(cidrText({ bytes: networkBytes(cidr), prefix: cidr.prefix })).toBe(network);
  expect(addressText(broadcastBytes(cidr))).toBe(last);
});

test.each(['', 'x', '1.2.3', '0x7f.1', '010.0.0.1', '1.2.3.4 ', 'fe80::1%eth0', '::1::', '1.2.3.4\n'])(
  '%j is no address',
  (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => parseCidr(`${text}/8`)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  },
);

test.each([
  '1.2.3.4',
  '1.2.3.4/',
  '1.2.3.4/33',
  '::/129',
  '1.2.3.4/-1',
  '1.2.3.4/8/8',
  '1.2.3.4/1e1',
  '::/0x8',
])('%j is no CIDR', (text) =>
  expect(() => parseCidr(text)).toThrow(expect.objectContaining({ code: 'EINVAL' })),
);
