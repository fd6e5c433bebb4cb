/** Ports that others publish on this host: Docker, the reference portmap, an administrator; and we, by iptables. */
import type { HostTables, IptablesTable } from './host-tables';
import { listOtherTables } from './host-tables';
import { IptablesProgram, type Variant } from './iptables-program';
import type { Tables } from './iptables-save';
import { listTakenPorts, type RulePorts, withoutOwn } from './iptables-taken';
import { isInNftables, listVariants } from './iptables-variant';
import type { Family, RuleSet } from './model';
import { readTakenPorts } from './nftables-taken';
import { type Ruleset, whereNftablesWorks } from './ruleset';
import { listClaims, requireFreePorts, type TakenPorts } from './taken-ports';

/** What an operation has read of iptables anyway. */
export interface ReadTables {
  variant: Variant;
  families: readonly { family: Family; tables: Tables }[];
}

async function readPorts(variant: Variant): Promise<RulePorts[]> {
  const families = ['ipv4', 'ipv6'] as const;
  const listed = await Promise.all(
    families.map(async (family) => {
      const tables = await new IptablesProgram(family, variant).find('nat');
      return tables ? listTakenPorts(tables, family) : [];
    }),
  );
  return listed.flat();
}

function isNat({ table, inUse }: IptablesTable): boolean {
  return table.name === 'nat' && inUse;
}

/** What is in nf_tables is read once for a generation; the legacy variant has none. */
async function portsOfVariant(variant: Variant, ruleset: Ruleset | undefined): Promise<RulePorts[]> {
  if (!ruleset || !isInNftables(variant)) return readPorts(variant);
  return ruleset.learn('ports of iptables', () => readPorts(variant));
}

async function listInIptables(
  ruleset: Ruleset | undefined,
  tables: HostTables | undefined,
  read: ReadTables | undefined,
): Promise<RulePorts[]> {
  const known = (read?.families ?? []).flatMap(({ family, tables }) => listTakenPorts(tables, family));
  const isRead = (variant: Variant) =>
    read !== undefined && isInNftables(variant) === isInNftables(read.variant);
  const variants = listVariants(tables, isNat, 'nat').filter((variant) => !isRead(variant));
  const others = await Promise.all(variants.map((variant) => portsOfVariant(variant, ruleset)));
  return [...known, ...others.flat()];
}

async function listInNftables(ruleset: Ruleset, { native }: HostTables): Promise<TakenPorts[]> {
  if (native.length === 0) return [];
  return ruleset.learn('ports of others', async () => (await Promise.all(native.map(readTakenPorts))).flat());
}

interface OthersPorts {
  nftables: readonly TakenPorts[];
  iptables: readonly RulePorts[];
}

async function listPorts(ruleset: Ruleset, read: ReadTables | undefined): Promise<OthersPorts> {
  const tables = await listOtherTables(ruleset);
  const [nftables, iptables] = await Promise.all([
    listInNftables(ruleset, tables),
    listInIptables(ruleset, tables, read),
  ]);
  return { nftables, iptables };
}

/** @throws PortTakenError naming who has a port already that the set publishes; our own table is not looked into */
export async function requireForeignPortsFree(set: RuleSet, read?: ReadTables): Promise<void> {
  const claims = listClaims(set);
  if (claims.length === 0) return;
  const listed = await whereNftablesWorks((ruleset) => listPorts(ruleset, read));
  const { nftables, iptables } = listed ?? {
    nftables: [],
    iptables: await listInIptables(undefined, undefined, read),
  };
  requireFreePorts(claims, [...nftables, ...withoutOwn(iptables, set)]);
}
