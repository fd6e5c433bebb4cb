import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { ipv4Bytes, ipv6Bytes } from './ip-bytes';
import { isIPv6 } from './ip-version';

/** By way of RFC 5952, which the URL standard writes: ipaddr.js itself takes `::1.2.3.4` for `::ffff:1.2.3.4`. */
function bytesByOthers(text: string): number[] {
  return ipaddr.IPv6.parse(new URL(`http://[${text}]`).hostname.slice(1, -1)).toByteArray();
}

test('IPv4 addresses are read as ipaddr.js reads them', () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => expect(ipv4Bytes(text)).toEqual(ipaddr.parse(text).toByteArray())),
  );
});

test('IPv6 addresses are read as others read them', () => {
  const pieces = fc.constantFrom('0', '1', 'fFfF', '8000', '::', '1.2.3.4', '255.0.0.255', '::ffff');
  const assembled = fc
    .array(pieces, { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join(':').replace(/:{3,}/g, '::'));
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), assembled.filter(isIPv6)), (text) =>
      expect([text, ipv6Bytes(text)]).toEqual([text, bytesByOthers(text)]),
    ),
    { numRuns: 1000 },
  );
});

test.each([
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['::1.2.3.4', '00000000000000000000000001020304'],
  ['1::', '00010000000000000000000000000000'],
  ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
  ['::ffff:1.2.3.4', '00000000000000000000ffff01020304'],
  ['64:ff9b::10.0.0.1', '0064ff9b00000000000000000a000001'],
])('%s is %s', (text, hex) => expect(Buffer.from(ipv6Bytes(text)).toString('hex')).toBe(hex));
