/** Reads elements: one at a cost that does not grow with the set wherever the kernel can find it, or all. */
import { hasCode } from '../../errors';
import { parseParts } from '../data';
import { intervalsMeet } from '../element-overlap';
import type { Element, SetSpec, TableRef } from '../model';
import { objectName } from '../operation';
import { encodeElements, encodeWholeSet } from './element';
import { decodeElements, elementOf, type RawElement } from './element-decoding';
import { NFT_MSG_GETSETELEM } from './message';
import { isIntervalConcatenation } from './set';
import type { NetfilterSocket } from './socket';

/** Reads what may be absent. */
export function orElse<T>(absent: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return absent;
    throw error;
  }
}

/** A place in the kernel's lists of sets. */
export interface SetPlace {
  table: TableRef;
  set: SetSpec;
}

function listRaw(socket: NetfilterSocket, { table, set }: SetPlace): RawElement[] {
  const operation = `list elements of ${objectName('set', set.name, table)}`;
  const request = { operation, type: NFT_MSG_GETSETELEM, body: encodeWholeSet(table, set) };
  return orElse([], () => decodeElements(set, socket.dump(request)));
}

export function listElements(socket: NetfilterSocket, place: SetPlace): Element[] {
  return listRaw(socket, place).map((element) => elementOf(place.set, element));
}

function askFor(
  socket: NetfilterSocket,
  { table, set }: SetPlace,
  key: readonly string[],
): RawElement | undefined {
  const operation = `get element of ${objectName('set', set.name, table)}`;
  const [body] = encodeElements(table, set, [{ key }]);
  const request = { operation, type: NFT_MSG_GETSETELEM, body: body! };
  return orElse(undefined, () => decodeElements(set, [socket.get(request)])[0]);
}

/**
 * The kernel answers for a range with the element that its first value falls on, so a range that begins before an element
 * has to be looked for in the list; so has everything in interval sets of one field, whose ends are elements of their own.
 */
export function findElement(
  socket: NetfilterSocket,
  place: SetPlace,
  key: readonly string[],
): Element | undefined {
  const { set } = place;
  const wanted = parseParts(set.key, key);
  const isOneField = set.interval === true && !isIntervalConcatenation(set);
  const isRange = wanted.some(({ first, last }) => !first.equals(last));
  const own = isOneField ? undefined : askFor(socket, place, key);
  const inList =
    own || !(isOneField || isRange)
      ? undefined
      : listRaw(socket, place).find((element) => intervalsMeet(element.key, wanted));
  const found = own ?? inList;
  return found && elementOf(set, found);
}
