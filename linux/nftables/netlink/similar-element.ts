/**
 * Elements of a set without intervals, written over copies of one that was encoded already: key and value have one place
 * and one size in all of them. Thousands of them are encoded at a time. Pure.
 */
import { aligned } from '../../netlink/attribute';
import { dataKinds, type Interval, parseParts, requireSingle } from '../data';
import type { DataType, Element, SetSpec } from '../model';

/** Behind the headers of the element, its key, and the key's value. */
const keyAt = 12;
/** Headers of the element's data and their value. */
const headersBetween = 8;

/** Whether both have a value or none, and the same comment. */
export function hasSameForm(one: Element, other: Element): boolean {
  return one.comment === other.comment && (one.value === undefined) === (other.value === undefined);
}

/** Reads parts one after the other; those that are the same in each element once. */
function createReader(types: readonly DataType[]): (parts: readonly string[]) => Interval[] {
  let [before, read]: [readonly string[], Interval[]] = [[], []];
  return (parts) => {
    if (parts.length !== types.length) return parseParts(types, parts);
    const found = parts.map((part, at) =>
      part === before[at] ? read[at]! : dataKinds[types[at]!].parse(part),
    );
    [before, read] = [parts, found];
    return found;
  };
}

/** Parts side by side, each at a multiple of four bytes. Gives where what follows begins. */
function put(bytes: Buffer, at: number, parts: readonly Interval[]): number {
  let end = at;
  for (const { first } of parts) {
    bytes.set(first, end);
    end += aligned(first.length);
  }
  return end;
}

/** @returns writes key and value of an element into `bytes`, those of an encoded one of the same form */
export function createWriter({ key, value }: SetSpec): (bytes: Buffer, element: Element) => Buffer {
  const readKey = createReader(key);
  const readValue = createReader(value ?? []);
  return (bytes, element) => {
    const parts = readKey(element.key);
    requireSingle(parts, element.key);
    const end = put(bytes, keyAt, parts);
    if (value && element.value) put(bytes, end + headersBetween, readValue(element.value));
    return bytes;
  };
}
