/** Addresses, routes, neighbours and bridge VLANs as `ip -json -N -details` and `bridge -json` print them. */
import { addressText, cidrText, parseAddress } from '../address/ip-address';
import type { Address, BridgeVlan, Neighbour, Route } from '../rtnl/model';
import { scopeName } from '../rtnl/scope';

type Indexes = ReadonlyMap<string, number>;

export interface AddressJson {
  ifindex: number;
  addr_info: {
    family: string;
    local: string;
    prefixlen: number;
    scope: string;
    tentative?: boolean;
    dadfailed?: boolean;
  }[];
}

export interface RouteJson {
  type?: string;
  dst: string;
  gateway?: string;
  via?: { host: string };
  dev?: string;
  prefsrc?: string;
  metric?: number;
  table?: string;
  scope?: string;
  protocol?: string;
  flags?: string[];
  metrics?: { mtu?: number; advmss?: number }[];
}

export interface NeighbourJson {
  dst: string;
  dev: string;
  lladdr?: string;
  state?: string[];
}

export interface BridgeVlanJson {
  ifname: string;
  vlans: { vlan: number; vlanEnd?: number; flags?: string[] }[];
}

/** iproute2 prints IPv4-mapped addresses otherwise than RFC 5952 has it. */
function canonical(address: string): string {
  return addressText(parseAddress(address).bytes);
}

/** In the kernel's own order: all IPv4 addresses, then all IPv6 ones. */
export function parseAddresses(json: readonly AddressJson[]): Address[] {
  const all = json.flatMap(({ ifindex, addr_info }) => addr_info.map((info) => ({ ifindex, ...info })));
  const ordered = [
    ...all.filter(({ family }) => family === 'inet'),
    ...all.filter(({ family }) => family === 'inet6'),
  ];
  return ordered.map(({ ifindex, local, prefixlen, scope, tentative, dadfailed }) => ({
    index: ifindex,
    address: `${canonical(local)}/${prefixlen}`,
    scope: scopeName(Number(scope)),
    tentative: tentative ?? false,
    dadFailed: dadfailed ?? false,
  }));
}

function parseDestination(dst: string, size: 4 | 16): string {
  if (dst === 'default') return cidrText({ bytes: Buffer.alloc(size), prefix: 0 });
  const [address, prefix = size * 8] = dst.split('/');
  return `${canonical(address!)}/${prefix}`;
}

/** @param size bytes of an address of the family that was listed */
export function parseRoute(json: RouteJson, { size, table, indexes }: RouteListing): Route {
  const gateway = json.gateway ?? json.via?.host;
  const { mtu, advmss } = json.metrics?.[0] ?? {};
  const index = indexes.get(json.dev ?? '');
  return {
    dst: parseDestination(json.dst, size),
    ...(gateway !== undefined && { gateway: canonical(gateway) }),
    ...(index !== undefined && { index }),
    ...(json.prefsrc !== undefined && { src: canonical(json.prefsrc) }),
    ...(mtu !== undefined && { mtu }),
    ...(advmss !== undefined && { advmss }),
    ...(json.metric !== undefined && { priority: json.metric }),
    table,
    scope: Number(json.scope ?? 0),
    protocol: Number(json.protocol ?? 0),
    ...(json.flags?.includes('onlink') && { onLink: true }),
  };
}

/** What a listing of routes was asked for, and the indexes of the links that it names. */
export interface RouteListing {
  size: 4 | 16;
  table: number;
  indexes: Indexes;
}

/** Entries that need no resolution are left out, as in `ip neighbour show`. */
export function parseNeighbours(json: readonly NeighbourJson[], indexes: Indexes): Neighbour[] {
  return json
    .filter(({ state }) => state?.[0] !== undefined && state[0] !== 'NOARP')
    .map(({ dst, dev, lladdr, state }) => ({
      index: indexes.get(dev) ?? 0,
      address: canonical(dst),
      mac: lladdr ?? '',
      state: state![0]!,
    }));
}

export function parseBridgeVlans({ ifname, vlans }: BridgeVlanJson, indexes: Indexes): BridgeVlan[] {
  return vlans.flatMap(({ vlan, vlanEnd = vlan, flags = [] }) =>
    Array.from({ length: vlanEnd - vlan + 1 }, (_, offset) => ({
      index: indexes.get(ifname) ?? 0,
      vid: vlan + offset,
      pvid: flags.includes('PVID'),
      untagged: flags.includes('Egress Untagged'),
    })),
  );
}
