/** What others have in nf_tables: tables of nftables, and those that iptables-nft makes. Read once for a generation. */
import type { ChainRecord, TableRef } from '../nftables/model';
import { skeletons } from './nftables-skeleton';
import type { Ruleset } from './ruleset';

export interface IptablesTable {
  table: TableRef;
  /** Whether anything but empty built-in chains is in it. */
  inUse: boolean;
  /** Whether chains of ours are in it. */
  ours: boolean;
}

export interface HostTables {
  iptables: readonly IptablesTable[];
  /** Neither ours nor iptables', and with chains. */
  native: readonly TableRef[];
}

const tableNames = ['raw', 'mangle', 'nat', 'filter', 'security'];
const builtinChains = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** Base chains of other names are an administrator's, whatever the table is called. */
function isIptables({ family, name }: TableRef, chains: readonly ChainRecord[]): boolean {
  return (
    ['ip', 'ip6', 'bridge', 'arp'].includes(family) &&
    tableNames.includes(name) &&
    chains.every((chain) => chain.base === undefined || builtinChains.includes(chain.name))
  );
}

async function hasRules(ruleset: Ruleset, table: TableRef, chains: readonly ChainRecord[]): Promise<boolean> {
  for (const { name } of chains)
    if (((await ruleset.nftables.findRules(table, name)) ?? []).length > 0) return true;
  return false;
}

async function readIptables(
  ruleset: Ruleset,
  table: TableRef,
  chains: readonly ChainRecord[],
): Promise<IptablesTable> {
  return {
    table,
    ours: chains.some(({ name }) => name.startsWith('TSNET-')),
    inUse: chains.some(({ base }) => base === undefined) || (await hasRules(ruleset, table, chains)),
  };
}

function isOurs({ family, name }: TableRef): boolean {
  return Object.values(skeletons).some(({ table }) => table.family === family && table.name === name);
}

async function readOthers(ruleset: Ruleset): Promise<HostTables> {
  const others = (await ruleset.nftables.listTables()).filter((table) => !isOurs(table));
  const tables = { iptables: [] as IptablesTable[], native: [] as TableRef[] };
  for (const table of others) {
    const chains = await ruleset.nftables.listChains(table);
    if (isIptables(table, chains)) tables.iptables.push(await readIptables(ruleset, table, chains));
    else tables.native.push(table);
  }
  return tables;
}

/** @throws SyscallError; CommandError */
export function listOtherTables(ruleset: Ruleset): Promise<HostTables> {
  return ruleset.learn('other tables', () => readOthers(ruleset));
}

/** Whether a table of ours is there. @throws SyscallError; CommandError */
export async function hasOwnTables(ruleset: Ruleset): Promise<boolean> {
  const generation = await ruleset.generation();
  const known = (['inet', 'bridge'] as const).map((family) => ruleset.findStanding(family, generation));
  if (known.some((standing) => standing?.made)) return true;
  if (known.every((standing) => standing?.made === false)) return false;
  return (await ruleset.nftables.listTables()).some(isOurs);
}
