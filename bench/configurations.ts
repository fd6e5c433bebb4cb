/** Configurations that the cases share. */
import type { Json } from './engine';
import { netnsPath } from './engine';

/** On the private host's tmpfs. */
export const dataDir = '/run/bench-leases';

export const subnet4 = '10.77.0.0/16';
export const subnet6 = 'fd77::/64';

/** Where the masqueraded bridge network has its addresses; `wanted` asks host-local for one of them. */
export function bridgeConf(options: { wanted?: string; dualStack?: boolean; backend?: string } = {}): Json {
  const ranges = [[{ subnet: subnet4 }], ...(options.dualStack ? [[{ subnet: subnet6 }]] : [])];
  return {
    name: 'bench',
    type: 'bridge',
    bridge: 'bench0',
    isGateway: true,
    ipMasq: true,
    ipam: { type: 'host-local', dataDir, ranges, routes: [{ dst: '0.0.0.0/0' }] },
    ...(options.backend && { firewallBackend: options.backend }),
    ...(options.wanted && { runtimeConfig: { ips: [options.wanted] }, capabilities: { ips: true } }),
  };
}

export interface Publication {
  hostPort: number;
  containerPort: number;
  protocol: 'tcp' | 'udp';
}

/** Ports that cannot be written as one range: every other one. */
export function publications(count: number, first = 20_000): Publication[] {
  return Array.from({ length: count }, (_, index) => ({
    hostPort: first + 2 * index,
    containerPort: 1_000 + 2 * index,
    protocol: 'tcp',
  }));
}

/** The result of the bridge before it in the chain: one interface with these addresses. */
export function bridgeResult(container: string, addresses: string[]): Json {
  return {
    cniVersion: '1.0.0',
    interfaces: [{ name: 'bench0' }, { name: 'eth0', sandbox: netnsPath(container) }],
    ips: addresses.map((address) => ({ address, interface: 1 })),
    dns: {},
  };
}

export function portmapConf(ports: Publication[], prevResult: Json, extra: Json = {}): Json {
  return {
    name: 'bench',
    type: 'portmap',
    capabilities: { portMappings: true },
    runtimeConfig: { portMappings: ports },
    prevResult,
    ...extra,
  };
}
