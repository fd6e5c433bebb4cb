/**
 * Stale UDP flows. A flow that was seen before a port was published, or while it led elsewhere, keeps its old way for as
 * long as packets come; TCP and SCTP connections end or are reset by themselves and are left alone.
 */
import { familyOf } from './address/cidr';
import { run } from './command';
import { hasCode } from './errors';

export interface UdpFlows {
  family: 'ipv4' | 'ipv6';
  /** Ports of the host that clients send to. */
  hostPorts: readonly { first: number; last: number }[];
  /** Flows that were led to this container are deleted too, whatever their port. */
  containerAddress?: string;
}

/** Above this, one deletion for all flows is cheaper than one for each port. */
const maxSeparatePorts = 32;

function countOf(ranges: UdpFlows['hostPorts']): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

function portsOf(ranges: UdpFlows['hostPorts']): number[] {
  const ports = ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  return [...new Set(ports)];
}

/**
 * Arguments of each conntrack(8) run. It filters by one port, not by a range: of a large range, all translated UDP flows
 * of the container go at once, or all translated ones when no container is named.
 */
export function planFlush({ family, hostPorts, containerAddress }: UdpFlows): string[][] {
  const base = ['-D', '-f', family, '-p', 'udp'];
  const ofContainer = containerAddress ? [[...base, '--reply-src', containerAddress]] : [];
  if (countOf(hostPorts) > maxSeparatePorts) return [...ofContainer, [...base, '--dst-nat']];
  return [...ofContainer, ...portsOf(hostPorts).map((port) => [...base, '--orig-port-dst', `${port}`])];
}

/** conntrack(8) exits 1 when nothing matched, as when something went wrong: only a missing program is told apart. */
async function runConntrack(args: string[]): Promise<string | undefined> {
  try {
    await run(['conntrack', ...args]);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'flush stale UDP flows: program "conntrack" is not installed';
    if (!hasCode(error, 'EXIT')) throw error;
  }
  return undefined;
}

/**
 * Deletes the conntrack entries of published UDP ports, in the network namespace of the calling thread.
 * @returns a warning when the program is not installed: flows that exist then keep their old way until they expire
 * @throws CommandError when the program cannot be started for another reason
 */
export async function flushUdpFlows(flows: UdpFlows): Promise<string | undefined> {
  const address = flows.containerAddress;
  if (address !== undefined && familyOf(address) !== flows.family)
    throw new RangeError(`flush UDP flows of "${address}": must be ${flows.family}`);
  const warnings = await Promise.all(planFlush(flows).map(runConntrack));
  return warnings.find((warning) => warning !== undefined);
}
