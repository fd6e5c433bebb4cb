import fc from 'fast-check';
import { findFreeAddress } from './free-address';
import { ipText, parseIp } from './ip';
import { canonicalRangeSets, type RangeSet } from './range-set';

const setOf = (...ranges: { subnet: string; gateway?: string }[]) => canonicalRangeSets([ranges])[0]!;

/** An occupancy that counts what it is asked, and does not know of the addresses in `unknown`. */
function taken(addresses: Iterable<string>, unknown: Iterable<string> = []) {
  const known = new Set([...addresses].map((address) => parseIp(address)!.value));
  const reserved = new Set([...addresses, ...unknown]);
  const counts = { looks: 0, leaps: 0 };
  return {
    counts,
    isReserved: (address: string) => {
      counts.looks++;
      return reserved.has(address);
    },
    findUntaken: (_family: 4 | 6, first: bigint, last: bigint) => {
      counts.leaps++;
      for (let value = first; value <= last; value++) if (!known.has(value)) return value;
      return undefined;
    },
  };
}

function addressesOf({ ranges, family }: RangeSet): string[] {
  return ranges.flatMap(({ start, end }) =>
    Array.from({ length: Number(end - start) + 1 }, (_, at) => ipText({ family, value: start + BigInt(at) })),
  );
}

const found = (set: RangeSet, last: string | undefined, occupancy: ReturnType<typeof taken>) => {
  const candidate = findFreeAddress(set, last === undefined ? undefined : parseIp(last), occupancy);
  return candidate && ipText(candidate.ip);
};

test.each([
  [undefined, [], '10.0.0.2'],
  ['10.0.0.2', ['10.0.0.2'], '10.0.0.3'],
  ['10.0.0.6', ['10.0.0.6'], '10.0.1.2'],
  ['10.0.1.6', ['10.0.1.6'], '10.0.0.2'],
  ['10.0.1.6', ['10.0.0.2', '10.0.0.3'], '10.0.0.4'],
  ['192.0.2.1', [], '10.0.0.2'],
])('behind %s with %j taken comes %s', (last, reserved, expected) => {
  expect(found(setOf({ subnet: '10.0.0.0/29' }, { subnet: '10.0.1.0/29' }), last, taken(reserved))).toBe(
    expected,
  );
});

test('the next free address is the one that asking for each in turn would give', () => {
  const set = setOf({ subnet: '10.0.0.0/28' }, { subnet: '10.1.0.0/29', gateway: '10.1.0.5' });
  const all = addressesOf(set);
  const occupied = fc.tuple(fc.subarray(all), fc.subarray(all), fc.option(fc.constantFrom(...all)));
  fc.assert(
    fc.property(occupied, ([reserved, unknown, last]) => {
      const start = last === null ? 0 : all.indexOf(last) + 1;
      const turns = [...all.slice(start), ...all.slice(0, start)];
      const never = new Set([...reserved, ...unknown, '10.0.0.1', '10.1.0.5']);
      const expected = turns.find((address) => !never.has(address));
      expect(found(set, last ?? undefined, taken(reserved, unknown))).toBe(expected);
    }),
  );
});

test('round robin gives every address but the gateway once, then none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 25, max: 30 }), fc.nat(), (prefix, seed) => {
      const set = setOf({ subnet: `10.0.0.0/${prefix}` }, { subnet: '10.1.0.0/29', gateway: '10.1.0.5' });
      const all = addressesOf(set);
      const reserved = new Set<string>();
      let last: string | undefined = all[seed % all.length];
      for (let at = 0; at < all.length - 2; at++) {
        last = found(set, last, taken(reserved));
        expect(reserved.has(last!)).toBe(false);
        reserved.add(last!);
      }
      expect(reserved.has('10.0.0.1') || reserved.has('10.1.0.5')).toBe(false);
      expect(found(set, last, taken(reserved))).toBeUndefined();
    }),
    { numRuns: 20 },
  );
});

test('the number of looks does not grow with what is taken', () => {
  const set = setOf({ subnet: '10.8.0.0/16' });
  const occupancy = taken(addressesOf(set).filter((address) => address !== '10.8.200.200'));
  expect(found(set, '10.8.3.3', occupancy)).toBe('10.8.200.200');
  expect(occupancy.counts).toEqual({ looks: 1, leaps: 1 });
});

test('a subnet of 2^64 addresses is searched without counting them', () => {
  const set = setOf({ subnet: 'fd00::/64' });
  expect(found(set, 'fd00::ffff:ffff:ffff:ffff', taken([]))).toBe('fd00::2');
});
