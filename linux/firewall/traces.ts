/**
 * Everything that this host's firewalls hold of tsnet, whichever backend made it: the host or the configuration may have
 * changed since. Only backends that hold something of ours, or may, are asked: nf_tables tells without a process, and the
 * legacy variant of iptables at least whether it has any table.
 */
import { hasOwnTables, listOtherTables } from './host-tables';
import { IptablesFirewall } from './iptables';
import { listVariants } from './iptables-variant';
import type { Firewall, Owner, Role, RuleSetKey } from './model';
import { NftablesFirewall } from './nftables';
import { NoFirewall } from './none';
import { ownerLabel } from './owner-label';
import { whereNftablesWorks } from './ruleset';

/** The rules of the bridge family are asked for where they are, in nftables. */
async function listFirewalls(): Promise<Firewall[]> {
  const tables = await whereNftablesWorks(listOtherTables);
  const own = await whereNftablesWorks(hasOwnTables);
  const bridge = new NoFirewall();
  return [
    ...listVariants(tables, ({ ours }) => ours).map((variant) => new IptablesFirewall({ variant, bridge })),
    ...(own ? [new NftablesFirewall()] : []),
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
