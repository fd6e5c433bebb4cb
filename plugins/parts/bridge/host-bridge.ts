/** The bridge on the host: shared by every container on it, so it is made when missing and never rolled back or removed. */
import { CniError, ErrorCode } from '../../../cni/errors';
import { hasCode } from '../../../linux/errors';
import type { Link, Rtnl } from '../../../linux/rtnl/model';
import { refuseRouterAdvertisements } from './router-advertisements';

export interface HostBridgeSpec {
  bridge: string;
  /** Bytes, for a bridge that is made now; 0: kernel default. */
  mtu: number;
  promiscMode: boolean;
  vlanFiltering: boolean;
}

/**
 * Makes the bridge when it is missing and brings it up. Safe when many do so at once.
 * @throws CniError when a device of that name is no bridge
 */
export function ensure(host: Rtnl, spec: HostBridgeSpec): Link {
  const link = requireBridge(host.findLink(spec.bridge) ?? createOrFind(host, spec));
  const change = {
    ...(link.up ? {} : { up: true }),
    ...(spec.promiscMode && !link.promisc ? { promisc: true } : {}),
    ...(spec.vlanFiltering && !link.bridge?.vlanFiltering ? { vlanFiltering: true } : {}),
  };
  if (Object.keys(change).length === 0) return link;
  refuseRouterAdvertisements(spec.bridge);
  host.setLink(link.index, change);
  return host.getLink(spec.bridge);
}

/** The bridge as it is with this port: by itself it takes the smallest MTU of its ports. */
export function look(host: Rtnl, bridge: Link, port: Link): Link {
  return bridge.mtu === port.mtu ? bridge : host.getLink(bridge.name);
}

/** Another process may make it between the look and the creation. */
function createOrFind(host: Rtnl, spec: HostBridgeSpec): Link {
  try {
    return host.createLink({
      kind: 'bridge',
      name: spec.bridge,
      // A bridge without an address of its own takes the lowest of its ports', and changes when that port goes
      mac: randomMac(),
      ...(spec.mtu ? { mtu: spec.mtu } : {}),
      ...(spec.vlanFiltering ? { vlanFiltering: true } : {}),
    });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return host.getLink(spec.bridge);
  }
}

/**
 * A random unicast, locally administered address. Nobody gains by guessing it, so `Math.random` does, which the system
 * seeds: loading `node:crypto` takes 5 ms.
 */
function randomMac(): string {
  const octets = Array.from({ length: 6 }, () => Math.floor(Math.random() * 256));
  octets[0] = (octets[0]! & 0xfc) | 0x02;
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}

function requireBridge(link: Link): Link {
  if (link.kind === 'bridge') return link;
  throw new CniError(
    ErrorCode.invalidConfig,
    `failed to create bridge "${link.name}": "${link.name}" already exists but is not a bridge`,
  );
}

/** @param mac the address that the ADD result lists, if it does */
export function verify(host: Rtnl, spec: HostBridgeSpec, mac: string | undefined): Link {
  const link = requireBridge(host.getLink(spec.bridge));
  if (!link.up) throw new Error(`verify bridge "${spec.bridge}": it is down`);
  if (mac && mac !== link.mac)
    throw new Error(`verify bridge "${spec.bridge}": mac is "${link.mac}", expected "${mac}"`);
  if (spec.promiscMode && !link.promisc)
    throw new Error(`verify bridge "${spec.bridge}": promiscuous mode is off`);
  if (spec.vlanFiltering && !link.bridge?.vlanFiltering)
    throw new Error(`verify bridge "${spec.bridge}": vlan filtering is off`);
  return link;
}
