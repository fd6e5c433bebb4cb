/** Ports that anybody publishes on this host: tsnet, Docker, the reference portmap, an administrator; by any tool. */
import { IptablesProgram, type Variant } from './iptables-program';
import { listTakenPorts as listOfIptables } from './iptables-taken';
import { listVariantsInUse } from './iptables-variant';
import type { RuleSet, RuleSetKey } from './model';
import { isIptablesTable } from './nftables-json';
import { findTable, findTableNames } from './nftables-table';
import { listTakenPorts as listOfNftables } from './nftables-taken';
import { listClaims, requireFreePorts, type TakenPorts } from './taken-ports';

async function listInIptables(variant: Variant, except: RuleSetKey): Promise<TakenPorts[]> {
  const families = ['ipv4', 'ipv6'] as const;
  const listed = await Promise.all(
    families.map(async (family) => {
      const tables = await new IptablesProgram(family, variant).find();
      return tables ? listOfIptables(tables, family, except) : [];
    }),
  );
  return listed.flat();
}

async function listInNftables(name: string, except: RuleSetKey): Promise<TakenPorts[]> {
  const table = await findTable(name);
  return table ? listOfNftables(table, except) : [];
}

/** @param except whose ports do not count, the asking owner's */
async function listPublishedPorts(except: RuleSetKey): Promise<TakenPorts[]> {
  const names = await findTableNames();
  const native = (names ?? []).filter((name) => !isIptablesTable(name));
  const listed = await Promise.all([
    ...native.map((name) => listInNftables(name, except)),
    ...listVariantsInUse(names).map((variant) => listInIptables(variant, except)),
  ]);
  return listed.flat();
}

/** @throws PortTakenError naming who has a port already that the set publishes */
export async function requirePublishable(set: RuleSet): Promise<void> {
  const claims = listClaims(set);
  if (claims.length > 0) requireFreePorts(claims, await listPublishedPorts(set));
}
