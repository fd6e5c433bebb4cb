/**
 * Everything that this host's firewalls hold of tsnet, whichever backend made it: the host or the configuration may have
 * changed since. Only backends that hold tables at all are asked, so that a host without rules costs one command.
 */
import { run } from '../command';
import { hasCode } from '../errors';
import { IptablesFirewall } from './iptables';
import { hasLegacyTables, isInstalled, type Variant } from './iptables-program';
import type { Firewall, Owner, Role, RuleSetKey } from './model';
import { NftablesFirewall } from './nftables';
import { isIptablesTable, listTableNames } from './nftables-json';
import { NoFirewall } from './none';
import { ownerLabel } from './owner-label';

/** Names as `inet tsnet`; undefined where nft does not work. */
export async function findNftTables(): Promise<string[] | undefined> {
  try {
    return listTableNames(await run(['nft', '-j', 'list', 'tables']));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EXIT')) return undefined;
    throw error;
  }
}

/** The rules of the bridge family are asked for where they are, in nftables. */
function iptables(variant: Variant): Firewall {
  const named = isInstalled('ipv4', variant) ? variant : 'default';
  return new IptablesFirewall({ variant: named, bridge: new NoFirewall() });
}

/** Where nft does not work, nobody can tell what iptables has without asking it. */
async function listFirewalls(): Promise<Firewall[]> {
  const tables = await findNftTables();
  const native = tables?.some((name) => name === 'inet tsnet' || name === 'bridge tsnet') ?? false;
  const nft = tables?.some(isIptablesTable) ?? true;
  return [
    ...(nft ? [iptables(tables ? 'nft' : 'default')] : []),
    ...(hasLegacyTables() ? [iptables('legacy')] : []),
    ...(native ? [new NftablesFirewall()] : []),
  ];
}

/** One after the other, since they share a lock. One that fails does not keep the rest from their turn. */
async function askAll<T>(ask: (firewall: Firewall) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  const errors: unknown[] = [];
  for (const firewall of await listFirewalls())
    await ask(firewall).then(
      (answer) => answers.push(answer),
      (error) => errors.push(error),
    );
  if (errors.length > 0) throw errors[0];
  return answers;
}

/** Removes the sets under whichever backend they were made; absent ones are fine. @throws CommandError */
export async function removeEverywhere(keys: RuleSetKey[]): Promise<void> {
  if (keys.length > 0) await askAll((firewall) => firewall.remove(keys));
}

/** Owners that have a set of this role in this network under any backend, each once. @throws CommandError */
export async function listOwnersEverywhere(role: Role, network: string): Promise<Owner[]> {
  const owners = await askAll((firewall) => firewall.listOwners(role, network));
  return [...new Map(owners.flat().map((owner) => [ownerLabel({ role, owner }), owner])).values()];
}
