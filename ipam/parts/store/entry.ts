/** What the index knows of one attachment, and how it is written. Pure. */
import { sha256Hex } from '../../../values/sha256';
import type { Owner } from './reservation';

/** Address → modification time of its reservation, nanoseconds. */
export type Entry = ReadonlyMap<string, bigint>;

const maxName = 200;

/** Container ids hold no "@" and may be longer than a file name. */
export function entryName({ containerId, ifName }: Owner): string {
  const name = `${containerId}@${ifName}`;
  return Buffer.byteLength(name) <= maxName ? name : sha256Hex(name);
}

export function formatEntry(entry: Entry): string {
  return [...entry].map(([address, writtenAt]) => `${address}=${writtenAt}`).join(',');
}

/** Parts that no entry could have are left out. */
export function parseEntry(target: string): Map<string, bigint> {
  const pairs = target.split(',').map((pair) => /^([0-9a-f.:]+)=(\d{1,20})$/.exec(pair));
  return new Map(pairs.flatMap((match) => (match ? [[match[1]!, BigInt(match[2]!)] as const] : [])));
}

export function isSameEntry(one: Entry, other: Entry | undefined): boolean {
  return (
    one.size === other?.size && [...one].every(([address, writtenAt]) => other.get(address) === writtenAt)
  );
}
