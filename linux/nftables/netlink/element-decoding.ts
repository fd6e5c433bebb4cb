/** Elements as the kernel gives them: NFTA_SET_ELEM_* (linux/netfilter/nf_tables.h). Pure. */
import { AttributeTable, aligned, attributes } from '../../netlink/attribute';
import type { Message } from '../../netlink/message';
import { dataKinds, type Interval } from '../data';
import type { DataType, Element, SetSpec } from '../model';
import { readBe32 } from './attribute';
import {
  NFT_SET_ELEM_INTERVAL_END,
  NFTA_SET_ELEM_DATA,
  NFTA_SET_ELEM_FLAGS,
  NFTA_SET_ELEM_KEY,
  NFTA_SET_ELEM_KEY_END,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_USERDATA,
} from './element';
import { attributesOf, NFTA_DATA_VALUE } from './message';
import { decodeComment } from './user-data';

function split(types: readonly DataType[], bytes: Buffer): Buffer[] {
  let at = 0;
  return types.map((type) => {
    const { size } = dataKinds[type];
    const part = bytes.subarray(at, at + size);
    at += aligned(size);
    return part;
  });
}

function predecessor(bytes: Buffer): Buffer {
  const previous = Buffer.from(bytes);
  for (let at = previous.length - 1; at >= 0; at -= 1) {
    previous[at] = (previous[at]! - 1) & 0xff;
    if (previous[at] !== 0xff) break;
  }
  return previous;
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
