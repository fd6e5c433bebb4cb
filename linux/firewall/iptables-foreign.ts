import { ownerChain } from './iptables-layout';
import { IptablesProgram } from './iptables-program';
import { listTakenPorts } from './iptables-taken';
import type { RuleSetKey } from './model';
import type { TakenPorts } from './taken-ports';

/** Ports that iptables publishes on a host whose containers are served by nftables; none where it is not installed. */
export async function listIptablesPorts(except: RuleSetKey): Promise<TakenPorts[]> {
  const programs = (['ipv4', 'ipv6'] as const).map((family) => new IptablesProgram(family));
  const listed = await Promise.all(
    programs.map(async (program) => {
      const tables = await program.find();
      return tables ? listTakenPorts(tables, program.family, ownerChain('published', except)) : [];
    }),
  );
  return listed.flat();
}
