/**
 * The search for a free address: pure, the store is asked through {@link Occupancy}.
 *
 * Round robin: a container that restarts in a loop does not get the same address again before the set has been run
 * through. The search goes on behind the last allocated address; in a large set that is crowded there it then jumps,
 * and only when that fails too is the whole directory listed. So an allocation costs a bounded number of look-ups as
 * long as a small part of the set is free, however large the set is.
 */
import { type Ip, ipText } from './ip';
import { addressAt, type Candidate, positionOf, type RangeSet } from './range-set';

export interface Occupancy {
  isReserved(address: string): boolean;
  /** Names of all reservations, some of them perhaps stale. Expensive. */
  listReserved(): readonly string[];
}

/** Neighbours tried first: up to this size of a set the order is exactly that of the reference plugin. */
const neighbours = 1024n;
/** Jumps tried next: with one address in twelve free, all fail once in 10^19 searches. */
const jumps = 512n;

/** @param last the address allocated last; anything outside the set means none */
export function findFreeAddress(
  set: RangeSet,
  last: Ip | undefined,
  occupancy: Occupancy,
): Candidate | undefined {
  const lastPosition = last ? positionOf(set, last) : undefined;
  const start = lastPosition === undefined ? 0n : lastPosition + 1n;
  const isFree = ({ ip }: Candidate) => !isGateway(set, ip) && !occupancy.isReserved(ipText(ip));
  for (const position of probes(set.size, start)) {
    const candidate = addressAt(set, position);
    if (isFree(candidate)) return candidate;
  }
  return set.size > neighbours ? findByListing(set, start, occupancy) : undefined;
}

export function isGateway({ ranges }: RangeSet, ip: Ip): boolean {
  return ranges.some(({ gateway }) => gateway.family === ip.family && gateway.value === ip.value);
}

/** Positions to look at, in order. */
function* probes(size: bigint, start: bigint): Generator<bigint> {
  const run = size < neighbours ? size : neighbours;
  for (let step = 0n; step < run; step++) yield (start + step) % size;
  if (size <= neighbours) return;
  // Golden section: the positions reached are spread evenly, however many there are.
  const stride = (size * 618n) / 1000n + 1n;
  for (let step = 1n; step <= jumps; step++) yield (start + step * stride) % size;
}

function findByListing(set: RangeSet, start: bigint, occupancy: Occupancy): Candidate | undefined {
  const listed = new Set(occupancy.listReserved());
  const passed: Candidate[] = [];
  // More addresses than this cannot all be taken, even where the set has 2^64 of them.
  const limit = BigInt(listed.size + set.ranges.length + 1);
  for (let step = 0n; step < set.size && step < limit; step++) {
    const candidate = addressAt(set, (start + step) % set.size);
    if (isGateway(set, candidate.ip)) continue;
    if (!listed.has(ipText(candidate.ip))) return candidate;
    passed.push(candidate);
  }
  return passed.find(({ ip }) => !occupancy.isReserved(ipText(ip)));
}
