/** Published ports in our maps. Pure. */
import type { Protocol, RuleSetKey } from './model';
import type { NftElement, NftTable } from './nftables-json';
import { keyOfRecord } from './nftables-plan';
import { recordChain, recordOfElement } from './nftables-set';
import { readableOwner } from './owner-label';
import type { TakenPorts } from './taken-ports';

function takenBy(table: NftTable, set: string, { key, comment }: NftElement): TakenPorts {
  const parts = key.split(' . ');
  const [ports, protocol, address] = parts.reverse() as [string, Protocol, string | undefined];
  const [first, last = first] = ports.split('-').map(Number);
  const owner = keyOfRecord(table, recordOfElement(comment) ?? '');
  return {
    family: set.startsWith('dnat4') ? 'ipv4' : 'ipv6',
    protocol,
    ...(address === undefined ? {} : { address }),
    first: first!,
    last: last!,
    owner: owner ? readableOwner(owner) : (comment ?? `an element of nftables map ${set}`),
  };
}

/** @param except whose ports do not count, the asking owner's */
export function listTakenPorts(table: NftTable, except: RuleSetKey): TakenPorts[] {
  return [...table.sets]
    .filter(([set]) => set.startsWith('dnat'))
    .flatMap(([set, elements]) =>
      elements
        .filter(({ comment }) => recordOfElement(comment) !== recordChain(except))
        .map((element) => takenBy(table, set, element)),
    );
}
