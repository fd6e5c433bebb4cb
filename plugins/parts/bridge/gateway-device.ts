/** Puts a port into its VLANs and the gateway's addresses on the device that carries them: the bridge or a VLAN's gateway. */
import type { BridgeConf } from '../../../conf/bridge';
import type { Link, Rtnl } from '../../../linux/rtnl/model';
import { hasOwnMac } from '../../../linux/rtnl/own-mac';
import type { AddressPlan } from '../addressing';
import * as bridgeGateway from './gateway';
import * as portVlans from './port-vlans';
import { isGateway } from './spec';
import * as vlanGateway from './vlan-gateway';

export interface GatewayTarget {
  conf: BridgeConf;
  bridge: Link;
  port: Link;
  plan: Pick<AddressPlan, 'ips'>;
}

/** @returns the VLAN's gateway interface, when the network has one: the result lists it */
export function ensure(host: Rtnl, { conf, bridge, port, plan }: GatewayTarget): Link | undefined {
  const vlans = portVlans.plan(conf);
  if (vlans) portVlans.ensure(host, port, vlans);
  if (!isGateway(conf)) return undefined;
  keepMac(host, bridge);
  const vlanDevice = conf.vlan === 0 ? undefined : vlanGateway.ensure(host, bridge, conf.vlan);
  bridgeGateway.ensure(host, vlanDevice ?? bridge, bridgeGateway.plan(plan.ips), conf.forceAddress);
  return vlanDevice;
}

/**
 * A bridge that somebody else made may have no address of its own: it then takes the lowest of its ports' and changes with
 * them, behind the back of the containers' neighbour tables. Setting the present one makes it stay.
 */
function keepMac(host: Rtnl, bridge: Link): void {
  // Setting it makes the host forget its neighbours on the bridge, and this is so for every container but the first
  if (hasOwnMac(bridge)) return;
  const { index, mac } = host.getLink(bridge.name);
  host.setLink(index, { mac });
}

export function verify(host: Rtnl, { conf, bridge, port, plan }: GatewayTarget): void {
  const vlans = portVlans.plan(conf);
  if (vlans) portVlans.verify(host, port, vlans);
  if (!isGateway(conf)) return;
  const device = conf.vlan === 0 ? bridge : vlanGateway.verify(host, bridge, conf.vlan);
  bridgeGateway.verify(host, device, bridgeGateway.plan(plan.ips));
}
