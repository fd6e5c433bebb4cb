/** Whether keys meet, as the kernel sees it: where every part of one has a value in common with the other's. Pure. */
import { type Interval, parseParts } from './data';
import type { SetSpec } from './model';

function overlap(one: Interval, other: Interval): boolean {
  return Buffer.compare(one.first, other.last) <= 0 && Buffer.compare(other.first, one.last) <= 0;
}

export function intervalsMeet(one: readonly Interval[], other: readonly Interval[]): boolean {
  return one.every((interval, at) => overlap(interval, other[at]!));
}

/** @throws SyscallError EINVAL for a key that is not of the set's type */
export function keysMeet(set: SetSpec, one: readonly string[], other: readonly string[]): boolean {
  return intervalsMeet(parseParts(set.key, one), parseParts(set.key, other));
}
