/** Range sets: the ranges of one set stand in for each other, and one address is allocated from each set. */
import { CniError, ErrorCode } from '../../cni/errors';
import {
  type AddressRange,
  canonicalRange,
  type RangeConf,
  rangeContains,
  rangesOverlap,
  rangeText,
} from './address-range';
import { cidrText, type Ip } from './ip';

export interface RangeSet {
  ranges: readonly AddressRange[];
  family: 4 | 6;
}

/**
 * Every set of a configuration, complete and free of overlaps.
 * @throws CniError 7 that names the set by its index
 */
export function canonicalRangeSets(confs: readonly (readonly RangeConf[])[]): RangeSet[] {
  if (confs.length === 0) throw new CniError(ErrorCode.invalidConfig, 'no IP ranges specified');
  const sets = confs.map((conf, index) => {
    try {
      return canonicalRangeSet(conf);
    } catch (error) {
      throw new CniError(ErrorCode.invalidConfig, `invalid range set ${index}: ${(error as Error).message}`);
    }
  });
  for (const [first, second] of pairs(sets.map((_, index) => index)))
    if (setsOverlap(sets[first]!, sets[second]!))
      throw new CniError(ErrorCode.invalidConfig, `range set ${first} overlaps with ${second}`);
  return sets;
}

function canonicalRangeSet(confs: readonly RangeConf[]): RangeSet {
  if (confs.length === 0) throw new Error('empty range set');
  const ranges = confs.map(canonicalRange);
  const family = ranges[0]!.subnet.ip.family;
  if (ranges.some(({ subnet }) => subnet.ip.family !== family)) throw new Error('mixed address families');
  for (const [one, other] of pairs(ranges))
    if (rangesOverlap(one, other))
      throw new Error(`subnets ${rangeText(one)} and ${rangeText(other)} overlap`);
  return { ranges, family };
}

function* pairs<T>(items: readonly T[]): Generator<[T, T]> {
  for (const [at, one] of items.entries()) for (const other of items.slice(at + 1)) yield [one, other];
}

function setsOverlap(one: RangeSet, other: RangeSet): boolean {
  return one.ranges.some((a) => other.ranges.some((b) => rangesOverlap(a, b)));
}

/** `10.0.0.1-10.0.0.6,10.0.1.1-10.0.1.6` */
export const rangeSetText = ({ ranges }: RangeSet) => ranges.map(rangeText).join(',');

export function findRange({ ranges }: RangeSet, ip: Ip): AddressRange | undefined {
  return ranges.find((range) => rangeContains(range, ip));
}

/** One address of a set, with the range that it belongs to. */
export interface Candidate {
  ip: Ip;
  range: AddressRange;
}

/** The address as results carry it: with the prefix length of its subnet. */
export const candidateText = ({ ip, range }: Candidate) => cidrText({ ip, prefix: range.subnet.prefix });
