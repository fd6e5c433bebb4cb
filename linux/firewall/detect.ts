/**
 * Which firewall a host uses. What is there already wins, so that one tool shows all rules of the host:
 *
 *   1. iptables has rules or chains → iptables, in the variant that has them
 *   2. nftables has tables that iptables did not make → nftables
 *   3. neither → iptables if it works here, else nftables, else none
 */
import { readFileSync } from 'node:fs';
import { run } from '../command';
import { hasCode } from '../errors';
import { IptablesFirewall } from './iptables';
import { listIptablesPorts } from './iptables-foreign';
import { IptablesProgram, type Variant } from './iptables-program';
import type { Tables } from './iptables-save';
import type { Backend, Firewall, RuleSetKey } from './model';
import { NftablesFirewall } from './nftables';
import { listTableNames } from './nftables-json';
import { NoFirewall } from './none';

function iptables(variant: Variant): Firewall {
  return new IptablesFirewall({ variant, bridge: new NftablesFirewall() });
}

function nftables(): Firewall {
  return new NftablesFirewall({ listForeignPorts: listIptablesPorts });
}

function hasRules(tables: Tables | undefined): boolean {
  const chains = [...(tables?.values() ?? [])].flatMap((table) => [...table]);
  return chains.some(([name, rules]) => rules.length > 0 || !/^[A-Z]+$/.test(name));
}

/** The legacy variant's tables that the kernel has set up in this namespace; the nf_tables variant does not see them. */
function hasLegacyTables(): boolean {
  try {
    return readFileSync('/proc/thread-self/net/ip_tables_names', 'utf8') !== '';
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** The variant that holds rules; undefined when none does. */
async function findVariantInUse(): Promise<Variant | undefined> {
  if (hasRules(await new IptablesProgram('ipv4').find())) return 'default';
  if (hasLegacyTables() && hasRules(await new IptablesProgram('ipv4', 'legacy').find())) return 'legacy';
  return undefined;
}

/** Tables with names that iptables-nft gives are its own. */
async function hasNativeTables(): Promise<boolean> {
  try {
    const names = listTableNames(await run(['nft', '-j', 'list', 'tables']));
    return names.some((name) => !/^(ip|ip6|bridge|arp) (raw|mangle|nat|filter|security)$/.test(name));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EXIT')) return false;
    throw error;
  }
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
  if (await hasNativeTables()) return nftables();
  const usable = [iptables('default'), nftables()];
  for (const firewall of usable) if (await works(firewall)) return firewall;
  return new NoFirewall();
}

async function openForced(backend: Backend): Promise<Firewall> {
  if (backend === 'none') return new NoFirewall();
  if (backend === 'nftables') return nftables();
  return iptables(hasLegacyTables() ? ((await findVariantInUse()) ?? 'default') : 'default');
}

/**
 * Opens the backend asked for, or the one that the host uses. One that was asked for is not tried: where it cannot work,
 * its `ensure` and `status` say so.
 */
export function openFirewall(forced?: Backend): Promise<Firewall> {
  return forced === undefined ? detect() : openForced(forced);
}

/**
 * Removes the sets under whichever backend they were made: the config or the host may have changed since. A backend whose
 * program is not installed has nothing to remove.
 */
export async function removeEverywhere(keys: RuleSetKey[]): Promise<void> {
  const legacy = hasLegacyTables() ? [iptables('legacy')] : [];
  for (const firewall of [iptables('default'), ...legacy, nftables()]) {
    try {
      await firewall.remove(keys);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}
