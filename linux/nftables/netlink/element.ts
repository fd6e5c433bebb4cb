/** Elements of sets as the kernel takes them: NFTA_SET_ELEM_* (linux/netfilter/nf_tables.h). Pure. */
import { aligned, attribute, nested } from '../../netlink/attribute';
import { parseParts, requireSingle } from '../data';
import type { Element, SetSpec, TableRef } from '../model';
import { requireComment } from '../validate';
import { be32 } from './attribute';
import { inTable, NFTA_DATA_VALUE, NFTA_LIST_ELEM, nameText } from './message';
import { isIntervalConcatenation } from './set';
import { createWriter, hasSameForm } from './similar-element';
import { encodeComment } from './user-data';

const NFTA_SET_ELEM_LIST_SET = 2;
export const NFTA_SET_ELEM_LIST_ELEMENTS = 3;
export const NFTA_SET_ELEM_KEY = 1;
export const NFTA_SET_ELEM_DATA = 2;
export const NFTA_SET_ELEM_FLAGS = 3;
export const NFTA_SET_ELEM_USERDATA = 6;
export const NFTA_SET_ELEM_KEY_END = 10;
export const NFT_SET_ELEM_INTERVAL_END = 1;

/** Below the 64 KiB that one attribute holds, with room for one element more. */
const listSize = 60_000;

/** Parts side by side, each padded to four bytes; one alone is not. */
function joined(parts: readonly Buffer[]): Buffer {
  if (parts.length === 1) return parts[0]!;
  return Buffer.concat(parts.map((part) => Buffer.concat([part], aligned(part.length))));
}

function datum(type: number, bytes: Buffer): Buffer {
  return nested(type, [attribute(NFTA_DATA_VALUE, bytes)]);
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

/** Elements of one set. In a set without intervals they differ in a few bytes, so each is written over a copy of one before. */
function createEncoder(set: SetSpec): (element: Element) => Buffer[] {
  if (set.interval) return (element) => encodeElement(set, element);
  let model: { element: Element; bytes: Buffer } | undefined;
  const write = createWriter(set);
  return (element) => {
    if (model && hasSameForm(model.element, element)) return [write(Buffer.from(model.bytes), element)];
    const [bytes] = encodeElement(set, element);
    model = { element, bytes: bytes! };
    return [bytes!];
  };
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
  const name = nameText(NFTA_SET_ELEM_LIST_SET, set.name);
  return chunks(elements.map(createEncoder(set))).map((chunk) =>
    inTable(table, [name, nested(NFTA_SET_ELEM_LIST_ELEMENTS, chunk)]),
  );
}

/** The body of a request for all elements. */
export function encodeWholeSet(table: TableRef, set: SetSpec): Buffer {
  return inTable(table, [nameText(NFTA_SET_ELEM_LIST_SET, set.name)]);
}
