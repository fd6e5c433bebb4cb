/**
 * Which firewall a host uses. What is there already wins, so that one tool shows all rules of the host:
 *
 *   1. iptables has rules or chains → iptables, in the variant that has them
 *   2. nftables has tables that iptables did not make → nftables
 *   3. neither → nftables if it works here, else iptables, else none
 */
import { hasCode } from '../errors';
import { type HostTables, hasOwnTables, listOtherTables } from './host-tables';
import { IptablesFirewall } from './iptables';
import { IptablesProgram, type Variant } from './iptables-program';
import type { Tables } from './iptables-save';
import { hasLegacyTables, isInNftables, named } from './iptables-variant';
import type { Backend, Firewall } from './model';
import { NftablesFirewall } from './nftables';
import { NoFirewall } from './none';
import { whereNftablesWorks } from './ruleset';

function iptables(variant: Variant): Firewall {
  return new IptablesFirewall({ variant, bridge: new NftablesFirewall() });
}

/** The default variant where it is the one, since that is what an administrator calls. */
function variantOfNftables(): Variant {
  return isInNftables('default') ? 'default' : named('nft');
}

function hasRules(tables: Tables | undefined): boolean {
  const chains = [...(tables?.values() ?? [])].flatMap((table) => [...table]);
  return chains.some(([name, rules]) => rules.length > 0 || !/^[A-Z]+$/.test(name));
}

async function findLegacyInUse(): Promise<Variant | undefined> {
  if (!hasLegacyTables()) return undefined;
  const variant = named('legacy');
  return hasRules(await new IptablesProgram('ipv4', variant).find()) ? variant : undefined;
}

/** The variant that holds rules; undefined when none does. Where nf_tables cannot be asked, iptables is. */
async function findVariantInUse(tables: HostTables | undefined): Promise<Variant | undefined> {
  if (tables?.iptables.some(({ inUse }) => inUse)) return variantOfNftables();
  if (!tables && hasRules(await new IptablesProgram('ipv4').find())) return 'default';
  return findLegacyInUse();
}

function readOtherTables(): Promise<HostTables | undefined> {
  return whereNftablesWorks(listOtherTables);
}

async function hasNativeTables(tables: HostTables | undefined): Promise<boolean> {
  if (!tables) return false;
  return tables.native.length > 0 || ((await whereNftablesWorks(hasOwnTables)) ?? false);
}

const unusable = ['ENOENT', 'EXIT', 'ENOSYS', 'EPROTONOSUPPORT', 'EAFNOSUPPORT', 'EOPNOTSUPP', 'EINVAL'];

async function works(firewall: Firewall): Promise<boolean> {
  try {
    await firewall.status();
    return true;
  } catch (error) {
    if (hasCode(error, ...unusable)) return false;
    throw error;
  }
}

async function detect(): Promise<Firewall> {
  const tables = await readOtherTables();
  const variant = await findVariantInUse(tables);
  if (variant) return iptables(variant);
  if (await hasNativeTables(tables)) return new NftablesFirewall();
  const usable = [new NftablesFirewall(), iptables('default')];
  for (const firewall of usable) if (await works(firewall)) return firewall;
  return new NoFirewall();
}

async function openForced(backend: Backend): Promise<Firewall> {
  if (backend === 'none') return new NoFirewall();
  if (backend === 'nftables') return new NftablesFirewall();
  if (!hasLegacyTables()) return iptables('default');
  return iptables((await findVariantInUse(await readOtherTables())) ?? 'default');
}

/**
 * Opens the backend asked for, or the one that the host uses. One that was asked for is not tried: where it cannot work,
 * its `ensure` and `status` say so.
 */
export function openFirewall(forced?: Backend): Promise<Firewall> {
  return forced === undefined ? detect() : openForced(forced);
}

export { listOwnersEverywhere, removeEverywhere } from './traces';
