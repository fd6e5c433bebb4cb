/** The address that host-local would give next, read from its store without a reservation: for `--dry-run`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planAllocation } from '../../ipam/parts/allocation';
import { parseIp } from '../../ipam/parts/ip';
import { candidateText, canonicalRangeSets } from '../../ipam/parts/range-set';
import { defaultDataDir } from '../../ipam/parts/store/reservation-store';

/**
 * In CIDR form.
 * @param range a subnet of the network, and its place among them
 * @throws CniError when the subnet has no free address
 */
export function nextAddress(network: string, { subnet, set }: { subnet: string; set: number }): string {
  const folder = join(defaultDataDir, network);
  const names = new Set(existsSync(folder) ? readdirSync(folder) : []);
  const last = `last_reserved_ip.${set}`;
  const [candidate] = planAllocation(canonicalRangeSets([[{ subnet }]]), [], {
    isReserved: (address) => names.has(address),
    findUntaken: (_family, first) => first,
    lastReserved: () =>
      names.has(last) ? parseIp(readFileSync(join(folder, last), 'utf8').trim()) : undefined,
    owned: [],
    containerId: '',
  });
  return candidateText(candidate!);
}
