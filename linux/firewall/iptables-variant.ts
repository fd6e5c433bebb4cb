/** Which of iptables' two kinds of rules this host has: those of the nf_tables variant, those of the legacy one, or both. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hasCode } from '../errors';
import { programName, type Variant } from './iptables-program';
import { isIptablesTable } from './nftables-json';

/** Whether the host has the variant under a name of its own: iptables before 1.8 has the default one only. */
function isInstalled(variant: Variant): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, `${programName('ipv4', variant)}-save`)));
}

/** The legacy variant's tables that the kernel has set up in this namespace; the nf_tables variant does not see them. */
export function hasLegacyTables(): boolean {
  return ['ip_tables_names', 'ip6_tables_names'].some((name) => {
    try {
      return readFileSync(`/proc/thread-self/net/${name}`, 'utf8') !== '';
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  });
}

/**
 * Variants that have tables, so may have rules. Where nft does not work nobody can tell without asking iptables itself.
 * @param nftTables names as `ip nat`; undefined where nft does not work
 */
export function listVariantsInUse(nftTables: readonly string[] | undefined): Variant[] {
  const named = (variant: Variant) => (isInstalled(variant) ? variant : 'default');
  const nft = nftTables === undefined ? ['default' as const] : [];
  return [
    ...(nftTables?.some(isIptablesTable) ? [named('nft')] : nft),
    ...(hasLegacyTables() ? [named('legacy')] : []),
  ];
}
