/**
 * The search for a free address: pure, the store is asked through {@link Occupancy}.
 *
 * Round robin, in the order of the reference plugin: a container that restarts in a loop does not get the same address
 * again before the set has been run through. The store leaps over what is taken, so that the cost does not grow with it.
 */
import { type Ip, ipText } from './ip';
import { type Candidate, findRange, type RangeSet } from './range-set';

export interface Occupancy {
  isReserved(address: string): boolean;
  /** The first address of `first` to `last`, both included, that is not known to be taken. It may be reserved all the same. */
  findUntaken(family: Ip['family'], first: bigint, last: bigint): bigint | undefined;
}

/** A run of addresses of one range. */
interface Span {
  range: Candidate['range'];
  first: bigint;
  last: bigint;
}

/** @param last the address allocated last; anything outside the set means none */
export function findFreeAddress(
  set: RangeSet,
  last: Ip | undefined,
  occupancy: Occupancy,
): Candidate | undefined {
  for (const span of planSearch(set, last)) {
    const candidate = findInSpan(set, span, occupancy);
    if (candidate) return candidate;
  }
  return undefined;
}

export function isGateway({ ranges }: RangeSet, ip: Ip): boolean {
  return ranges.some(({ gateway }) => gateway.family === ip.family && gateway.value === ip.value);
}

/** All addresses of the set in the order of the search: those behind the last allocated one come first. */
function planSearch(set: RangeSet, last: Ip | undefined): Span[] {
  const spans = set.ranges.map((range) => ({ range, first: range.start, last: range.end }));
  const at = last ? set.ranges.indexOf(findRange(set, last)!) : -1;
  if (at === -1) return spans;
  const { value } = last!;
  const behind = { ...spans[at]!, first: value + 1n };
  const before = { ...spans[at]!, last: value };
  return [behind, ...spans.slice(at + 1), ...spans.slice(0, at), before];
}

function findInSpan(
  set: RangeSet,
  { range, first, last }: Span,
  occupancy: Occupancy,
): Candidate | undefined {
  const { family } = set;
  for (let from = first; from <= last; ) {
    const value = occupancy.findUntaken(family, from, last);
    if (value === undefined) return undefined;
    const ip = { family, value };
    if (!isGateway(set, ip) && !occupancy.isReserved(ipText(ip))) return { ip, range };
    from = value + 1n;
  }
  return undefined;
}
