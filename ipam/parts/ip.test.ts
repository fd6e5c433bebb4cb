import fc from 'fast-check';
import { cidrText, covers, type Ip, ipText, lastOf, networkOf, parseCidr, parseIp } from './ip';

const ipv4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value): Ip => ({ family: 4, value }));
/** Many zero groups, so that runs of equal length are met. */
const ipv6 = fc
  .array(fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 0xffffn })), { minLength: 8, maxLength: 8 })
  .map((groups): Ip => ({ family: 6, value: groups.reduce((sum, group) => (sum << 16n) | group, 0n) }))
  .filter(({ value }) => value >> 32n !== 0xffffn);
const ip = fc.oneof(ipv4, ipv6);

test('text and number are inverse', () => {
  fc.assert(fc.property(ip, (one) => expect(parseIp(ipText(one))).toEqual(one)));
});

test('IPv6 text is canonical: equal to that of the URL standard, which shortens as Go does', () => {
  fc.assert(
    fc.property(ipv6, (one) => expect(`[${ipText(one)}]`).toBe(new URL(`http://[${ipText(one)}]/`).hostname)),
  );
});

test.each([
  ['::', '::'],
  ['0:0:1:1:0:0:1:1', '::1:1:0:0:1:1'],
  ['2001:DB8:0:1:0:0:0:5', '2001:db8:0:1::5'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['fd00:0:0:0:0:0:0:0', 'fd00::'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['10.1.2.3', '10.1.2.3'],
])('%s is printed %s', (text, canonical) => {
  expect(ipText(parseIp(text)!)).toBe(canonical);
});

test.each([
  '',
  '10.1',
  '010.0.0.1',
  '0x7f.0.0.1',
  '256.0.0.1',
  '1.2.3.4 ',
  'fe80::1%eth0',
  '::1::',
  '../10.0.0.1',
  '10.0.0.1\n',
])('%j is no address', (text) => {
  expect(parseIp(text)).toBeUndefined();
  expect(parseCidr(`${text}/8`)).toBeUndefined();
});

test.each([
  '10.0.0.0',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  'fd00::/129',
  '10.0.0.0/255.0.0.0',
])('%j is no CIDR', (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test('a subnet reaches from its network to its last address and no further', () => {
  const cidr = fc
    .tuple(ip, fc.nat(128))
    .map(([one, bits]) => ({ ip: one, prefix: bits % (one.family === 4 ? 33 : 129) }));
  fc.assert(
    fc.property(cidr, (subnet) => {
      const [first, last] = [networkOf(subnet), lastOf(subnet)];
      expect([first, last, subnet.ip].every((one) => covers(subnet, one))).toBe(true);
      expect(covers(subnet, { ...first, value: first.value - 1n })).toBe(false);
      expect(covers(subnet, { ...last, value: last.value + 1n })).toBe(false);
      expect(parseCidr(cidrText(subnet))).toEqual(subnet);
    }),
  );
});
