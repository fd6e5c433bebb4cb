/** Which of iptables' two kinds of rules this host has: those of the nf_tables variant, those of the legacy one, or both. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hasCode } from '../errors';
import type { HostTables } from './host-tables';
import { programName, type Variant } from './iptables-program';

function findProgram(variant: Variant): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const name = `${programName('ipv4', variant)}-save`;
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** The variant by a name of its own where the host has it: iptables before 1.8 has the default one only. */
export function named(variant: 'nft' | 'legacy'): Variant {
  return findProgram(variant) ? variant : 'default';
}

/** Whether the variant keeps its rules in nf_tables, as far as the name of the program behind it tells. */
export function isInNftables(variant: Variant): boolean {
  const path = findProgram(variant);
  return path !== undefined && realpathSync(path).includes('nft');
}

/** Names of the legacy variant's tables that the kernel has set up here; the nf_tables variant does not see them. */
function legacyTables(): string[] {
  return ['ip_tables_names', 'ip6_tables_names'].flatMap((name) => {
    try {
      return readFileSync(`/proc/thread-self/net/${name}`, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  });
}

/** @param table such as `nat`; any when absent */
export function hasLegacyTables(table?: string): boolean {
  const names = legacyTables();
  return table === undefined ? names.length > 0 : names.includes(table);
}

/**
 * Variants that have what is asked for. Where nf_tables cannot be asked nobody can tell without asking iptables itself.
 * @param tables undefined where nf_tables cannot be used
 * @param isWanted of a table in nf_tables
 * @param legacyTable of the legacy variant; any when absent
 */
export function listVariants(
  tables: HostTables | undefined,
  isWanted: (table: HostTables['iptables'][number]) => boolean,
  legacyTable?: string,
): Variant[] {
  const inNftables = tables === undefined ? (['default'] as const) : [];
  return [
    ...(tables?.iptables.some(isWanted) ? [named('nft')] : inNftables),
    ...(hasLegacyTables(legacyTable) ? [named('legacy')] : []),
  ];
}
