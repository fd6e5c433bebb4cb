/** Ports that tables of nftables which are not ours lead elsewhere. Their maps are not looked into. */
import { run } from '../command';
import { hasCode } from '../errors';
import type { TableRef } from '../nftables/model';
import { describeTarget, listDnatPorts } from './nftables-dnat';
import { type ListedRule, parseRules } from './nftables-json';
import type { TakenPorts } from './taken-ports';

/** What its maker wrote on it, and where it is. */
function ownerOf({ family, name }: TableRef, { chain, comment, statements }: ListedRule): string {
  const place = `nftables ${family} ${name} ${chain}, to ${describeTarget(statements)}`;
  return [comment, place].filter((text) => text).join(': ');
}

function portsOf(table: TableRef, rule: ListedRule): TakenPorts[] {
  return listDnatPorts(table.family, rule.statements).map((ports) => ({
    ...ports,
    owner: ownerOf(table, rule),
  }));
}

/**
 * Others write rules in any form, so `nft` is asked to read them. None where it is not installed, or the table is gone.
 * @throws CommandError
 */
export async function readTakenPorts(table: TableRef): Promise<TakenPorts[]> {
  try {
    const text = await run(['nft', '-j', '-t', 'list', 'table', table.family, table.name]);
    return parseRules(text).flatMap((rule) => portsOf(table, rule));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EXIT')) return [];
    throw error;
  }
}
