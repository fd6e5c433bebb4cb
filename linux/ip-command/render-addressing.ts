/** Addresses, routes, neighbours and bridge VLANs as command lines of iproute2 (ip-address(8), ip-route(8) …). Pure. */
import {
  AF_INET,
  AF_INET6,
  addressText,
  cidrText,
  networkBytes,
  parseAddress,
  parseCidr,
} from '../address/ip-address';
import { parseMac } from '../address/mac-address';
import type { Address, Neighbour, NewAddress, Route } from '../rtnl/model';
import type { VlanRange } from '../rtnl/vlan-range';
import { type CommandLine, option } from './render';

/** What an operation says about its object beside the link, which command lines name and the interface numbers. */
export type Unplaced<T> = Omit<T, 'index'>;

export function addAddressCommand(address: Unplaced<NewAddress>, link: string): CommandLine {
  const cidr = parseCidr(address.address);
  // A subnet of one or two addresses (RFC 3021) has no broadcast address.
  const broadcast = cidr.family === AF_INET && cidr.prefix <= 30 && address.broadcast !== false;
  const noDad = cidr.family === AF_INET6 && address.noDad;
  return [
    ...(['ip', 'address', 'add', cidrText(cidr), 'dev', link] satisfies CommandLine),
    ...(broadcast ? ['broadcast', '+'] : []),
    ...(noDad ? ['nodad'] : []),
  ];
}

export function deleteAddressCommand({ address }: Pick<Address, 'address'>, link: string): CommandLine {
  return ['ip', 'address', 'delete', cidrText(parseCidr(address)), 'dev', link];
}

/** `via` names the family of the gateway when it is not that of the destination. */
function viaOption(gateway: string | undefined, family: number): string[] {
  if (gateway === undefined) return [];
  const via = parseAddress(gateway);
  const foreign = via.family === family ? [] : [via.family === AF_INET ? 'inet' : 'inet6'];
  return ['via', ...foreign, addressText(via.bytes)];
}

function routeOptions(route: Unplaced<Route>, link: string | undefined): string[] {
  const cidr = parseCidr(route.dst);
  const src = route.src === undefined ? undefined : addressText(parseAddress(route.src).bytes);
  return [
    cidrText({ bytes: networkBytes(cidr), prefix: cidr.prefix }),
    ...viaOption(route.gateway, cidr.family),
    ...option('dev', link),
    ...option('src', src),
    ...option('metric', route.priority),
    ...option('table', route.table),
    ...option('scope', route.scope),
    ...option('protocol', route.protocol),
    ...option('mtu', route.mtu),
    ...option('advmss', route.advmss),
    ...(route.onLink ? ['onlink'] : []),
  ];
}

export function addRouteCommand(route: Unplaced<Route>, link?: string): CommandLine {
  return ['ip', 'route', 'add', ...routeOptions(route, link)];
}

export function deleteRouteCommand(route: Unplaced<Route>, link?: string): CommandLine {
  return ['ip', 'route', 'delete', 'unicast', ...routeOptions(route, link)];
}

export function addNeighbourCommand(
  neighbour: Pick<Neighbour, 'address' | 'mac'>,
  link: string,
): CommandLine {
  parseMac(neighbour.mac);
  const address = addressText(parseAddress(neighbour.address).bytes);
  return ['ip', 'neighbour', 'add', address, 'lladdr', neighbour.mac, 'dev', link, 'nud', 'permanent'];
}

export function deleteNeighbourCommand(neighbour: Pick<Neighbour, 'address'>, link: string): CommandLine {
  return ['ip', 'neighbour', 'delete', addressText(parseAddress(neighbour.address).bytes), 'dev', link];
}

interface VlanMember {
  name: string;
  /** A bridge keeps its own membership itself; a port's is kept by its master. */
  isBridge: boolean;
}

export function bridgeVlanCommand(
  verb: 'add' | 'delete',
  { vid, vidEnd = vid, pvid, untagged }: Unplaced<VlanRange>,
  { name, isBridge }: VlanMember,
): CommandLine {
  const flags = verb === 'add' ? [...(pvid ? ['pvid'] : []), ...(untagged ? ['untagged'] : [])] : [];
  const range = vid === vidEnd ? String(vid) : `${vid}-${vidEnd}`;
  return ['bridge', 'vlan', verb, 'dev', name, 'vid', range, ...flags, ...(isBridge ? ['self'] : [])];
}
