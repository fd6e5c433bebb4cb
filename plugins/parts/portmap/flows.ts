/** UDP flows that are older than a change of published ports. They would keep their old way for as long as packets come. */
import type { PortMapping } from '../../../conf/port-mapping';
import { type Family, hostOf } from '../../../linux/address/cidr';
import { flushUdpFlows } from '../../../linux/conntrack/flush';
import type { UdpFlows } from '../../../linux/conntrack/model';
import { isIP } from '../../../values/ip-version';
import type { Targets } from './targets';

const versions: Record<Family, number> = { ipv4: 4, ipv6: 6 };

/** What to flush in one family; undefined when nothing is published over UDP there. Pure. */
function planFlows(mappings: readonly PortMapping[], family: Family, target?: string): UdpFlows | undefined {
  const hostPorts = mappings
    .filter(({ protocol, hostIP }) => protocol === 'udp' && [0, versions[family]].includes(isIP(hostIP)))
    .map(({ hostPort, range }) => ({ first: hostPort, last: hostPort + range - 1 }));
  if (hostPorts.length === 0) return undefined;
  return { family, hostPorts, ...(target !== undefined && { containerAddress: hostOf(target) }) };
}

/** @param targets the container's addresses; undefined when nobody remembers them, which is every family. Pure. */
export function planAllFlows(mappings: readonly PortMapping[], targets?: Targets): UdpFlows[] {
  const families: readonly Family[] = ['ipv4', 'ipv6'];
  return families
    .filter((family) => targets === undefined || targets[family] !== undefined)
    .flatMap((family) => planFlows(mappings, family, targets?.[family]) ?? []);
}

/** Lets the flows find their way anew. Where the kernel cannot be told, they do so when they expire: not worth failing for. */
export async function flush(mappings: readonly PortMapping[], targets?: Targets): Promise<void> {
  await Promise.all(planAllFlows(mappings, targets).map(flushUdpFlows));
}
