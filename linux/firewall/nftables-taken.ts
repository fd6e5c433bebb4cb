/** Published ports in tables of nftables. Pure. */
import type { Protocol, RuleSetKey } from './model';
import { describeTarget, listDnatPorts } from './nftables-dnat';
import type { NftElement, NftRule, NftTable } from './nftables-json';
import { keyOfRecord } from './nftables-plan';
import { recordChain, recordOfElement, recordOfOwnerChain } from './nftables-set';
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

/** By elements of our maps. Maps of others are not looked into. */
function listElementPorts(table: NftTable, except: RuleSetKey): TakenPorts[] {
  if (table.name !== 'inet tsnet') return [];
  return [...table.sets]
    .filter(([set]) => set.startsWith('dnat'))
    .flatMap(([set, elements]) =>
      elements
        .filter(({ comment }) => recordOfElement(comment) !== recordChain(except))
        .map((element) => takenBy(table, set, element)),
    );
}

/** Ours, what its maker wrote on it, or where it is. */
function ownerOfRule(table: NftTable, chain: string, { comment, statements }: NftRule): string {
  const owner = keyOfRecord(table, recordOfOwnerChain(chain) ?? '');
  if (owner) return readableOwner(owner);
  const place = `nftables ${table.name} ${chain}`;
  return [comment, `${place}, to ${describeTarget(statements)}`].filter((text) => text).join(': ');
}

function listRulePorts(table: NftTable, except: RuleSetKey): TakenPorts[] {
  const [family] = table.name.split(' ') as [string];
  return [...table.chains]
    .filter(([chain]) => recordOfOwnerChain(chain) !== recordChain(except))
    .flatMap(([chain, { rules }]) =>
      rules.flatMap((rule) =>
        listDnatPorts(family, rule.statements).map((ports) => ({
          ...ports,
          owner: ownerOfRule(table, chain, rule),
        })),
      ),
    );
}

/**
 * Ports that a table leads elsewhere: by elements of our maps, and by rules, ours or not.
 * @param except whose ports do not count, the asking owner's
 */
export function listTakenPorts(table: NftTable, except: RuleSetKey): TakenPorts[] {
  return [...listElementPorts(table, except), ...listRulePorts(table, except)];
}
