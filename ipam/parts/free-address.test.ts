import fc from 'fast-check';
import { findFreeAddress } from './free-address';
import { ipText, parseIp } from './ip';
import { addressAt, canonicalRangeSets, type RangeSet } from './range-set';

const setOf = (...ranges: { subnet: string; gateway?: string }[]) => canonicalRangeSets([ranges])[0]!;

/** An occupancy that counts what it is asked. */
function taken(addresses: Iterable<string>, stale: Iterable<string> = []) {
  const [reserved, gone] = [new Set(addresses), new Set(stale)];
  const counts = { looks: 0, listings: 0 };
  return {
    counts,
    isReserved: (address: string) => {
      counts.looks++;
      return reserved.has(address);
    },
    listReserved: () => {
      counts.listings++;
      return [...reserved, ...gone];
    },
  };
}

function* addressesOf(set: RangeSet): Generator<string> {
  for (let at = 0n; at < set.size; at++) yield ipText(addressAt(set, at).ip);
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

test('round robin gives every address but the gateway once, then none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 25, max: 30 }), fc.nat(), (prefix, seed) => {
      const set = setOf({ subnet: `10.0.0.0/${prefix}` }, { subnet: '10.1.0.0/29', gateway: '10.1.0.5' });
      const reserved = new Set<string>();
      let last: string | undefined = ipText(addressAt(set, BigInt(seed) % set.size).ip);
      for (let at = 0n; at < set.size - 2n; at++) {
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

describe('60,000 of 65,534 taken, all of them next in turn', () => {
  const set = setOf({ subnet: '10.8.0.0/16' });
  const all = [...addressesOf(set)];

  test('the search does not list the directory and looks at few addresses', () => {
    const occupancy = taken(all.slice(0, 60_000));
    expect(all.slice(60_000)).toContain(found(set, undefined, occupancy));
    expect(occupancy.counts.listings).toBe(0);
    expect(occupancy.counts.looks).toBeLessThan(1600);
  });

  test('the last free address is found by one listing', () => {
    const occupancy = taken(all.filter((address) => address !== '10.8.200.200'));
    expect(found(set, '10.8.3.3', occupancy)).toBe('10.8.200.200');
    expect(occupancy.counts.listings).toBe(1);
  });

  test('a stale reservation is an address of last resort', () => {
    const rest = all.filter((address) => address !== '10.8.200.200');
    expect(found(set, '10.8.3.3', taken(rest, ['10.8.200.200']))).toBe('10.8.200.200');
    expect(found(set, '10.8.3.3', taken(all))).toBeUndefined();
  });
});

test('a subnet of 2^64 addresses is searched without counting them', () => {
  const set = setOf({ subnet: 'fd00::/64' });
  const reserved = Array.from({ length: 3000 }, (_, at) => ipText(addressAt(set, BigInt(at)).ip));
  const occupancy = taken(reserved);
  expect(reserved).not.toContain(found(set, undefined, occupancy));
  expect(found(set, 'fd00::ffff:ffff:ffff:ffff', taken([]))).toBe('fd00::2');
});
