import fc from 'fast-check';
import { type OwnerRecord, parseRecord, recordComments } from './nftables-record';

const ports = fc
  .tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 0, max: 20 }))
  .map(([first, more]) => ({ first, last: first + more }));
const claim = fc
  .tuple(
    fc.constantFrom('ipv4' as const, 'ipv6' as const),
    fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
    ports,
    fc.constantFrom({}, { address: '10.0.0.0/8' }, { address: 'fd00::1' }),
    fc.constantFrom({}, { conditional: true as const }),
  )
  .map(([family, protocol, range, address, conditional]) => ({
    ...{ family, protocol },
    ...range,
    ...address,
    ...conditional,
  }));
const element = fc.constantFrom(
  { set: 'dnat4', key: ['tcp', '80'] },
  { set: 'dnat4', key: ['tcp', '8080'] },
  { set: 'dnat4', key: ['udp', '53'] },
  { set: 'dnat6-address-range', key: ['fd00::1', 'tcp', '80-90'] },
  { set: 'hairpin4', key: ['10.0.0.2', '10.0.0.0/24'] },
  { set: 'hairpin6', key: ['fd00::2', '::/0'] },
  { set: 'guarded', key: ['veth-0.1@x'] },
  { set: 'sources', key: ['veth-0.1@x', '02:00:00:00:00:01'] },
);
const record = fc.record({
  key: fc.record({
    role: fc.constantFrom('portmap' as const, 'macspoofchk' as const),
    owner: fc
      .tuple(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), fc.constant('eth0'))
      .map((parts) => parts as OwnerRecord['key']['owner']),
  }),
  hooks: fc.uniqueArray(fc.constantFrom('nat-prerouting', 'nat-output', 'nat-postrouting')),
  elements: fc.uniqueArray(element, { selector: (one) => JSON.stringify(one), maxLength: 30 }),
  claims: fc.array(claim, { maxLength: 30 }),
});

const sorted = (list: readonly unknown[]) => list.map((item) => JSON.stringify(item)).sort();

test('a record is read from its comments in any order, and each fits in the kernel', () => {
  fc.assert(
    fc.property(record, fc.boolean(), (written, turned) => {
      const comments = recordComments(written);
      for (const comment of comments) expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(127);
      const read = parseRecord(turned ? comments.toReversed() : comments)!;
      expect(read.key).toEqual(written.key);
      expect(read.hooks).toEqual(written.hooks);
      expect(sorted(read.elements)).toEqual(sorted(written.elements));
      expect(sorted(read.claims)).toEqual(sorted(written.claims));
    }),
  );
});

test('a record of which a part is missing is none', () => {
  const key = { role: 'portmap', owner: ['net', 'c'.repeat(64), 'eth0'] } as const;
  const elements = Array.from({ length: 500 }, (_, at) => ({ set: 'dnat4', key: ['tcp', `${at + 1}`] }));
  const comments = recordComments({ key, hooks: [], elements, claims: [] });
  expect(comments.length).toBeGreaterThan(10);
  expect(parseRecord(comments)!.elements).toEqual(elements);
  for (let at = 0; at < comments.length; at++)
    expect(parseRecord(comments.filter((_, index) => index !== at))).toBeUndefined();
});

test('of 100 published ports a record keeps little', () => {
  const elements = Array.from({ length: 100 }, (_, at) => ({ set: 'dnat4', key: ['tcp', `${8000 + at}`] }));
  const key = { role: 'portmap', owner: ['net', 'c1', 'eth0'] } as const;
  expect(recordComments({ key, hooks: [], elements, claims: [] }).length).toBeLessThan(7);
});
