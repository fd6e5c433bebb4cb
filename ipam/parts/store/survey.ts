/**
 * The look at a whole store that is due when another plugin has been there: each reservation's owner, stale ones removed.
 *
 * Files that the index describes to the nanosecond are not read again, so that a look after one foreign change costs a
 * fraction of the first.
 */

import type { Entries } from './attachment-index';
import { type Entry, entryName } from './entry';
import { attempt } from './io-failure';
import type { NetworkDirectory, ReservationStat } from './network-directory';
import { forEachInTurns } from './turns';

export interface Reservation {
  address: string;
  writtenAt: bigint;
  /** Name of its owner's entry in the index; undefined when the file names no owner. */
  entry: string | undefined;
}

/** What tells stale reservations from others. */
export interface Knowledge {
  /** Entries of this boot. */
  known: Entries;
  /** All that entries of other boots say. */
  earlier: Entry;
  /** Nanoseconds since the epoch: what is older was made before this boot, unless this boot's index knows it. */
  startedAt: bigint;
}

type Description = Pick<Reservation, 'entry' | 'writtenAt'>;

/** What the entries say about each address. */
async function describeAddresses(entries: Entries): Promise<Map<string, Description>> {
  const descriptions = new Map<string, Description>();
  await forEachInTurns(entries, ([name, entry]) => {
    for (const [address, writtenAt] of entry) descriptions.set(address, { entry: name, writtenAt });
  });
  return descriptions;
}

/** Empty: its writer died. Of an earlier boot: no container survives one. */
export function isStale(
  address: string,
  { isEmpty, writtenAt }: ReservationStat,
  { earlier, startedAt, isKnown }: Pick<Knowledge, 'earlier' | 'startedAt'> & { isKnown: () => boolean },
): boolean {
  if (isEmpty || earlier.get(address) === writtenAt) return true;
  return writtenAt < startedAt && !isKnown();
}

/** Every reservation that is left when the stale ones have been removed, as far as that is possible. */
export async function survey(directory: NetworkDirectory, knowledge: Knowledge): Promise<Reservation[]> {
  const descriptions = await describeAddresses(knowledge.known);
  const found: Reservation[] = [];
  await forEachInTurns(await directory.listAddresses(), (address) => {
    const stat = directory.findStat(address);
    if (!stat) return;
    const { writtenAt } = stat;
    const before = descriptions.get(address);
    const isKnown = before?.writtenAt === writtenAt;
    if (isStale(address, stat, { ...knowledge, isKnown: () => isKnown }))
      if (attempt(() => directory.remove(address))) return;
    const owner = isKnown ? undefined : directory.findOwner(address);
    found.push({ address, writtenAt, entry: isKnown ? before.entry : owner && entryName(owner) });
  });
  return found;
}

/** The entries that the index shall have. */
export async function entriesOf(reservations: readonly Reservation[]): Promise<Entries> {
  const entries = new Map<string, Map<string, bigint>>();
  await forEachInTurns(reservations, ({ address, writtenAt, entry }) => {
    if (entry === undefined) return;
    const known = entries.get(entry) ?? new Map<string, bigint>();
    entries.set(entry, known.set(address, writtenAt));
  });
  return entries;
}
