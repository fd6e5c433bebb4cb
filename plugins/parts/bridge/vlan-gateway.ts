/**
 * The gateway of a VLAN: a bridge with VLAN filtering has no address inside a VLAN, so a veth `<bridge>.<vid>` carries the
 * address and its other end is a port of the bridge in that VLAN. Shared by the VLAN's containers; the last one that
 * leaves takes it along.
 */
import { CniError, ErrorCode } from '../../../cni/errors';
import { hasCode } from '../../../linux/errors';
import type { Link, Rtnl } from '../../../linux/rtnl/model';
import { sha256Hex } from '../../../values/sha256';
import { removeLink } from './port';
import * as portVlans from './port-vlans';
import { refuseRouterAdvertisements } from './router-advertisements';

function names(bridge: string, vid: number): { gateway: string; port: string } {
  const gateway = `${bridge}.${vid}`;
  if (Buffer.byteLength(gateway) > 15) {
    throw new CniError(
      ErrorCode.invalidConfig,
      `invalid bridge "${bridge}": the VLAN's gateway interface "${gateway}" is longer than 15 bytes`,
    );
  }
  return { gateway, port: `vgw${sha256Hex(gateway).slice(0, 12)}` };
}

/** Throws when the name of the gateway interface would be too long: before anything is made. */
export function validate(bridge: string, vid: number): void {
  names(bridge, vid);
}

/** @returns the interface that carries the gateway's addresses */
export function ensure(host: Rtnl, bridge: Link, vid: number): Link {
  const { gateway, port } = names(bridge.name, vid);
  const found = host.findLink(gateway);
  if (found?.up) return found;
  if (!found) create(host, bridge, { gateway, port });
  portVlans.ensure(host, host.getLink(port), { access: vid, trunk: [], dropDefault: vid !== 1 });
  refuseRouterAdvertisements(gateway);
  host.setLink(host.getLink(gateway).index, { up: true });
  return host.getLink(gateway);
}

function create(host: Rtnl, bridge: Link, { gateway, port }: { gateway: string; port: string }): void {
  try {
    host.createLink({
      kind: 'veth',
      name: port,
      up: true,
      master: bridge.index,
      peer: { name: gateway, mac: bridge.mac },
    });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

/** Removes the gateway when no port but its own is left in the VLAN. */
export async function removeUnused(host: Rtnl, bridge: Link, vid: number): Promise<void> {
  const { port } = names(bridge.name, vid);
  const own = host.findLink(port);
  if (!own) return;
  const ports = new Set(
    host
      .listLinks()
      .filter((link) => link.master === bridge.index && link.index !== own.index)
      .map((link) => link.index),
  );
  const used = host.listBridgeVlans().some((vlan) => vlan.vid === vid && ports.has(vlan.index));
  if (!used) await removeLink(host, own.index);
}

export function verify(host: Rtnl, bridge: Link, vid: number): Link {
  const { gateway, port } = names(bridge.name, vid);
  const device = host.getLink(gateway);
  if (!device.up) throw new Error(`verify interface "${gateway}": it is down`);
  portVlans.verify(host, host.getLink(port), { access: vid, trunk: [], dropDefault: false });
  return device;
}
