/**
 * Which firewall a host uses. What is there already wins, so that one tool shows all rules of the host:
 *
 *   1. iptables has rules or chains → iptables, in the variant that has them
 *   2. nftables has tables that iptables did not make → nftables
 *   3. neither → iptables if it works here, else nftables, else none
 */
import { hasCode } from '../errors';
import { IptablesFirewall } from './iptables';
import { IptablesProgram, type Variant } from './iptables-program';
import type { Tables } from './iptables-save';
import { hasLegacyTables } from './iptables-variant';
import type { Backend, Firewall } from './model';
import { NftablesFirewall } from './nftables';
import { isIptablesTable } from './nftables-json';
import { findTableNames } from './nftables-table';
import { NoFirewall } from './none';

function iptables(variant: Variant): Firewall {
  return new IptablesFirewall({ variant, bridge: new NftablesFirewall() });
}

function hasRules(tables: Tables | undefined): boolean {
  const chains = [...(tables?.values() ?? [])].flatMap((table) => [...table]);
  return chains.some(([name, rules]) => rules.length > 0 || !/^[A-Z]+$/.test(name));
}

/** The variant that holds rules; undefined when none does. */
async function findVariantInUse(): Promise<Variant | undefined> {
  if (hasRules(await new IptablesProgram('ipv4').find())) return 'default';
  if (hasLegacyTables() && hasRules(await new IptablesProgram('ipv4', 'legacy').find())) return 'legacy';
  return undefined;
}

async function hasNativeTables(): Promise<boolean> {
  return (await findTableNames())?.some((name) => !isIptablesTable(name)) ?? false;
}

async function works(firewall: Firewall): Promise<boolean> {
  try {
    await firewall.status();
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EXIT')) return false;
    throw error;
  }
}

async function detect(): Promise<Firewall> {
  const variant = await findVariantInUse();
  if (variant) return iptables(variant);
  if (await hasNativeTables()) return new NftablesFirewall();
  const usable = [iptables('default'), new NftablesFirewall()];
  for (const firewall of usable) if (await works(firewall)) return firewall;
  return new NoFirewall();
}

async function openForced(backend: Backend): Promise<Firewall> {
  if (backend === 'none') return new NoFirewall();
  if (backend === 'nftables') return new NftablesFirewall();
  return iptables(hasLegacyTables() ? ((await findVariantInUse()) ?? 'default') : 'default');
}

/**
 * Opens the backend asked for, or the one that the host uses. One that was asked for is not tried: where it cannot work,
 * its `ensure` and `status` say so.
 */
export function openFirewall(forced?: Backend): Promise<Firewall> {
  return forced === undefined ? detect() : openForced(forced);
}

export { listOwnersEverywhere, removeEverywhere } from './traces';
