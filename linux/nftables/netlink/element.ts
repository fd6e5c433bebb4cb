/** Elements of sets: NFTA_SET_ELEM_* (linux/netfilter/nf_tables.h). */
import { AttributeTable, aligned, attribute, attributes, nested, text } from '../../netlink/attribute';
import type { Message } from '../../netlink/message';
import { dataKinds, type Interval, parseParts } from '../data';
import type { DataType, Element, SetSpec, TableRef } from '../model';
import { refuse, requireComment, requireName } from '../validate';
import { be32, readBe32 } from './attribute';
import { attributesOf, inTable, NFTA_DATA_VALUE, NFTA_LIST_ELEM } from './message';
import { isIntervalConcatenation } from './set';
import { decodeComment, encodeComment } from './user-data';

const NFTA_SET_ELEM_LIST_SET = 2;
const NFTA_SET_ELEM_LIST_ELEMENTS = 3;
const NFTA_SET_ELEM_KEY = 1;
const NFTA_SET_ELEM_DATA = 2;
const NFTA_SET_ELEM_FLAGS = 3;
const NFTA_SET_ELEM_USERDATA = 6;
const NFTA_SET_ELEM_KEY_END = 10;
const NFT_SET_ELEM_INTERVAL_END = 1;

/** Below the 64 KiB that one attribute holds, with room for one element more. */
const listSize = 60_000;

/** Parts side by side, each padded to four bytes; one alone is not. */
function joined(parts: readonly Buffer[]): Buffer {
  if (parts.length === 1) return parts[0]!;
  return Buffer.concat(parts.map((part) => Buffer.concat([part], aligned(part.length))));
}

function split(types: readonly DataType[], bytes: Buffer): Buffer[] {
  let at = 0;
  return types.map((type) => {
    const { size } = dataKinds[type];
    const part = bytes.subarray(at, at + size);
    at += aligned(size);
    return part;
  });
}

function datum(type: number, bytes: Buffer): Buffer {
  return nested(type, [attribute(NFTA_DATA_VALUE, bytes)]);
}

function requireSingle(key: readonly Interval[], parts: readonly string[]): void {
  if (key.some(({ first, last }) => !first.equals(last)))
    refuse('element', parts, 'a range in a set without intervals');
}

/** The next value after it; undefined after the last. */
function successor(bytes: Buffer): Buffer | undefined {
  const next = Buffer.from(bytes);
  for (let at = next.length - 1; at >= 0; at -= 1) {
    next[at] = (next[at]! + 1) & 0xff;
    if (next[at] !== 0) return next;
  }
  return undefined;
}

function predecessor(bytes: Buffer): Buffer {
  const previous = Buffer.from(bytes);
  for (let at = previous.length - 1; at >= 0; at -= 1) {
    previous[at] = (previous[at]! - 1) & 0xff;
    if (previous[at] !== 0xff) break;
  }
  return previous;
}

/** An interval of one field is two elements: its first value, and the first after it. */
function intervalEnd(last: Buffer): Buffer[] {
  const end = successor(last);
  if (!end) return [];
  const flags = be32(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
  return [nested(NFTA_LIST_ELEM, [flags, datum(NFTA_SET_ELEM_KEY, end)])];
}

/** Value and comment, which a request for deletion leaves out. */
function contentOf(set: SetSpec, { value, comment }: Element): Buffer[] {
  const parts = set.value && value ? parseParts(set.value, value) : undefined;
  return [
    ...(parts ? [datum(NFTA_SET_ELEM_DATA, joined(parts.map(({ first }) => first)))] : []),
    ...(comment === undefined
      ? []
      : [attribute(NFTA_SET_ELEM_USERDATA, encodeComment(requireComment(comment)))]),
  ];
}

function encodeElement(set: SetSpec, element: Element): Buffer[] {
  const key = parseParts(set.key, element.key);
  if (!set.interval) requireSingle(key, element.key);
  const first = datum(NFTA_SET_ELEM_KEY, joined(key.map((part) => part.first)));
  const end = isIntervalConcatenation(set)
    ? [datum(NFTA_SET_ELEM_KEY_END, joined(key.map((part) => part.last)))]
    : [];
  const own = nested(NFTA_LIST_ELEM, [first, ...end, ...contentOf(set, element)]);
  return set.interval && key.length === 1 ? [own, ...intervalEnd(key[0]!.last)] : [own];
}

function chunks(elements: readonly Buffer[][]): Buffer[][] {
  const found: Buffer[][] = [];
  let size = listSize;
  for (const element of elements) {
    const length = element.reduce((sum, { length }) => sum + length, 0);
    if (size + length > listSize) {
      found.push([]);
      size = 0;
    }
    found.at(-1)!.push(...element);
    size += length;
  }
  return found;
}

/** Bodies of as many messages as the elements need. */
export function encodeElements(table: TableRef, set: SetSpec, elements: readonly Element[]): Buffer[] {
  const name = text(NFTA_SET_ELEM_LIST_SET, requireName('set', set.name));
  return chunks(elements.map((element) => encodeElement(set, element))).map((chunk) =>
    inTable(table, [name, nested(NFTA_SET_ELEM_LIST_ELEMENTS, chunk)]),
  );
}

/** The body of a request for all elements. */
export function encodeWholeSet(table: TableRef, set: SetSpec): Buffer {
  return inTable(table, [text(NFTA_SET_ELEM_LIST_SET, requireName('set', set.name))]);
}

/** An element as bytes: to be compared before it is made text. */
export interface RawElement {
  key: Interval[];
  value: Buffer | undefined;
  comment: string | undefined;
}

interface Decoded extends RawElement {
  ends: boolean;
}

function decodeOne(set: SetSpec, bytes: Buffer): Decoded {
  const table = new AttributeTable(bytes);
  const data = (type: number) => table.nested(type).bytes(NFTA_DATA_VALUE);
  const firsts = split(set.key, data(NFTA_SET_ELEM_KEY) ?? Buffer.alloc(0));
  const end = data(NFTA_SET_ELEM_KEY_END);
  const lasts = end ? split(set.key, end) : firsts;
  return {
    key: firsts.map((first, at) => ({ first, last: lasts[at]! })),
    value: data(NFTA_SET_ELEM_DATA),
    comment: decodeComment(table.bytes(NFTA_SET_ELEM_USERDATA)),
    ends: ((readBe32(table, NFTA_SET_ELEM_FLAGS) ?? 0) & NFT_SET_ELEM_INTERVAL_END) !== 0,
  };
}

function byFirstValue(one: Decoded, other: Decoded): number {
  const order = Buffer.compare(one.key[0]!.first, other.key[0]!.first);
  return order === 0 ? Number(other.ends) - Number(one.ends) : order;
}

/** The first values of intervals of one field, with the ends that follow them; the last may have none. */
function paired(elements: Decoded[]): RawElement[] {
  const sorted = elements.sort(byFirstValue);
  return sorted.flatMap((element, at) => {
    if (element.ends) return [];
    const { first } = element.key[0]!;
    const next = sorted[at + 1];
    const last = next ? predecessor(next.key[0]!.first) : Buffer.alloc(first.length, 0xff);
    return [{ ...element, key: [{ first, last }] }];
  });
}

export function decodeElements(set: SetSpec, messages: readonly Message[]): RawElement[] {
  const elements = messages
    .flatMap((message) =>
      attributes(attributesOf(message).bytes(NFTA_SET_ELEM_LIST_ELEMENTS) ?? Buffer.alloc(0)),
    )
    .map(({ payload }) => decodeOne(set, payload));
  return set.interval && set.key.length === 1 ? paired(elements) : elements;
}

export function elementOf(set: SetSpec, { key, value, comment }: RawElement): Element {
  const valueText = (types: readonly DataType[], bytes: Buffer) =>
    split(types, bytes).map((part, at) => dataKinds[types[at]!].text({ first: part, last: part }));
  return {
    key: key.map((interval, at) => dataKinds[set.key[at]!].text(interval)),
    ...(set.value && value ? { value: valueText(set.value, value) } : {}),
    ...(comment === undefined ? {} : { comment }),
  };
}
