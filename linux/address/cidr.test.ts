import fc from 'fast-check';
import {
  canonicalAddress,
  canonicalCidr,
  contains,
  familyOf,
  firstHostOf,
  hostCidr,
  hostOf,
  networkOf,
  overlaps,
} from './cidr';

const v4 = fc.ipV4().chain((address) => fc.nat(32).map((length) => `${address}/${length}`));
const v6 = fc
  .ipV6()
  .filter((a) => !a.includes('.'))
  .chain((address) => fc.nat(128).map((length) => `${address}/${length}`));

describe('cidr', () => {
  test.each([
    ['10.1.2.3/24', '10.1.2.0/24', '10.1.2.1'],
    ['10.1.2.3/8', '10.0.0.0/8', '10.0.0.1'],
    ['192.168.7.9/30', '192.168.7.8/30', '192.168.7.9'],
    ['0.0.0.0/0', '0.0.0.0/0', '0.0.0.1'],
    ['FD00:0:0:1::5/64', 'fd00:0:0:1::/64', 'fd00:0:0:1::1'],
    ['::/0', '::/0', '::1'],
  ])('%s lies in %s, whose first host is %s', (cidr, network, first) => {
    expect(networkOf(cidr)).toBe(network);
    expect(firstHostOf(cidr)).toBe(first);
  });

  it('takes a CIDR apart', () => {
    expect(hostOf('10.0.0.1/8')).toBe('10.0.0.1');
    expect(familyOf('10.0.0.1/8')).toBe('ipv4');
    expect(familyOf('fd00::1')).toBe('ipv6');
    expect(hostCidr('10.0.0.1')).toBe('10.0.0.1/32');
    expect(hostCidr('fd00::1')).toBe('fd00::1/128');
  });

  it('writes addresses canonically', () => {
    expect(canonicalAddress('FD00:0000::0005')).toBe('fd00::5');
    expect(canonicalCidr('FD00:0000::0005/64')).toBe('fd00::5/64');
  });

  test.each(['', '10.0.0.1', '10.0.0.1/33', '10.0.0/8', 'fd00::/129', 'x/8', '10.0.0.1/8\n', '1.2.3.4/8/9'])(
    'refuses %j',
    (text) => {
      expect(() => networkOf(text)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    },
  );

  it('finds containment and overlap', () => {
    expect(contains('10.0.0.0/8', '10.200.3.4/32')).toBe(true);
    expect(contains('10.200.0.0/16', '10.0.0.0/8')).toBe(false);
    expect(overlaps('10.200.0.0/16', '10.0.0.0/8')).toBe(true);
    expect(overlaps('10.0.0.0/16', '10.1.0.0/16')).toBe(false);
    expect(overlaps('0.0.0.0/0', '::/0')).toBe(false);
  });

  it('keeps its laws for any prefix', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (cidr) => {
        expect(networkOf(networkOf(cidr))).toBe(networkOf(cidr));
        expect(contains(networkOf(cidr), cidr)).toBe(true);
        // Of a full-length prefix the "first host" may be its neighbour
        const isHost = networkOf(cidr) === hostCidr(hostOf(cidr));
        if (!isHost) expect(contains(cidr, hostCidr(firstHostOf(cidr)))).toBe(true);
      }),
    );
  });
});
