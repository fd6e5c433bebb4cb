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
  keys: readonly (readonly string[])[],
): (RawElement | undefined)[] {
  const operation = `get element of ${objectName('set', set.name, table)}`;
  const requests = keys.map((key) => {
    const [body] = encodeElements(table, set, [{ key }]);
    return { operation, type: NFT_MSG_GETSETELEM, body: body! };
  });
  return socket.findEach(requests).map((message) => message && decodeElements(set, [message])[0]);
}

function isRange(set: SetSpec, key: readonly string[]): boolean {
  return parseParts(set.key, key).some(({ first, last }) => !first.equals(last));
}

function isOneField(set: SetSpec): boolean {
  return set.interval === true && !isIntervalConcatenation(set);
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
  const own = isOneField(set) ? undefined : askFor(socket, place, [key])[0];
  const inList =
    own || !(isOneField(set) || isRange(set, key))
      ? undefined
      : listRaw(socket, place).find((element) => intervalsMeet(element.key, parseParts(set.key, key)));
  const found = own ?? inList;
  return found && elementOf(set, found);
}

/** As {@link findElement} for each key; those that the kernel can find are asked for together. */
export function findElements(
  socket: NetfilterSocket,
  place: SetPlace,
  keys: readonly (readonly string[])[],
): (Element | undefined)[] {
  const { set } = place;
  if (isOneField(set) || keys.some((key) => isRange(set, key)))
    return keys.map((key) => findElement(socket, place, key));
  return askFor(socket, place, keys).map((element) => element && elementOf(set, element));
}
