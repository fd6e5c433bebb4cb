/** Which connection tracking entries are stale when published UDP ports change. */

/** Ports from `first` to `last`, both included. */
export interface PortSpan {
  first: number;
  last: number;
}

export interface UdpFlows {
  family: 'ipv4' | 'ipv6';
  /** Ports of the host that clients send to. */
  hostPorts: readonly PortSpan[];
  /** Flows that were led to this container are deleted too, whatever their port. */
  containerAddress?: string;
}

export function countPorts({ hostPorts }: UdpFlows): number {
  return hostPorts.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** Each port once. */
export function listPorts({ hostPorts }: UdpFlows): number[] {
  const ports = hostPorts.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  return [...new Set(ports)];
}
