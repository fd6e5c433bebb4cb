/** VLAN membership of bridges and their ports: IFLA_BRIDGE_VLAN_INFO (linux/if_bridge.h `struct bridge_vlan_info`). */

import { getUint16, setUint16 } from '../../values/integers';
import type { BridgeVlan } from '../rtnl/model';
import { noSuchLink, vlanOperation } from '../rtnl/operation';
import { requireVlanRange, type VlanRange } from '../rtnl/vlan-range';
import { attribute, attributes, nested, u32 } from './attribute';
import { AF_BRIDGE } from './bridge-port';
import { findLinkByIndex } from './link';
import {
  IFLA_AF_SPEC,
  IFLA_EXT_MASK,
  ifinfo,
  linkAttributes,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_SETLINK,
} from './link-message';
import type { Message } from './message';
import type { NetlinkSocket } from './socket';

const IFLA_BRIDGE_FLAGS = 0;
const IFLA_BRIDGE_VLAN_INFO = 2;
const BRIDGE_FLAGS_SELF = 2;
const BRIDGE_VLAN_INFO_PVID = 2;
const BRIDGE_VLAN_INFO_UNTAGGED = 4;
const BRIDGE_VLAN_INFO_RANGE_BEGIN = 8;
const BRIDGE_VLAN_INFO_RANGE_END = 16;
const RTEXT_FILTER_BRVLAN = 2;

function decodeVlans(message: Message): BridgeVlan[] {
  const { index, table } = linkAttributes(message);
  return attributes(table.bytes(IFLA_AF_SPEC) ?? Buffer.alloc(0))
    .filter(({ type }) => type === IFLA_BRIDGE_VLAN_INFO)
    .map(({ payload }) => ({ flags: getUint16(payload, 0), vid: getUint16(payload, 2) }))
    .map(({ flags, vid }) => ({
      index,
      vid,
      pvid: (flags & BRIDGE_VLAN_INFO_PVID) !== 0,
      untagged: (flags & BRIDGE_VLAN_INFO_UNTAGGED) !== 0,
    }));
}

export function listBridgeVlans(socket: NetlinkSocket, index?: number): BridgeVlan[] {
  const body = Buffer.concat([ifinfo({ family: AF_BRIDGE }), u32(IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN)]);
  const vlans = socket.dump({ operation: 'list bridge vlans', type: RTM_GETLINK, body }).flatMap(decodeVlans);
  return index === undefined ? vlans : vlans.filter((vlan) => vlan.index === index);
}

function vlanInfo(vid: number, flags: number): Buffer {
  const payload = Buffer.alloc(4);
  setUint16(payload, 0, flags);
  setUint16(payload, 2, vid);
  return attribute(IFLA_BRIDGE_VLAN_INFO, payload);
}

function encodeRange({ vid, vidEnd = vid, pvid, untagged }: VlanRange): Buffer[] {
  const flags = (pvid ? BRIDGE_VLAN_INFO_PVID : 0) | (untagged ? BRIDGE_VLAN_INFO_UNTAGGED : 0);
  if (vidEnd === vid) return [vlanInfo(vid, flags)];
  return [
    vlanInfo(vid, flags | BRIDGE_VLAN_INFO_RANGE_BEGIN),
    vlanInfo(vidEnd, flags | BRIDGE_VLAN_INFO_RANGE_END),
  ];
}

/** A bridge is a member of its own VLANs under the `self` flag; a port's are kept by its master, the default. */
function selfFlag(isBridge: boolean): Buffer[] {
  if (!isBridge) return [];
  return [attribute(IFLA_BRIDGE_FLAGS, Buffer.of(BRIDGE_FLAGS_SELF, 0))];
}

function change(socket: NetlinkSocket, verb: 'add' | 'delete', vlan: VlanRange): void {
  const operation = vlanOperation(verb, vlan);
  requireVlanRange(operation, vlan);
  const link = findLinkByIndex(socket, vlan.index);
  if (!link) throw noSuchLink(operation);
  const spec = nested(IFLA_AF_SPEC, [...selfFlag(link.kind === 'bridge'), ...encodeRange(vlan)]);
  const body = Buffer.concat([ifinfo({ family: AF_BRIDGE, index: vlan.index }), spec]);
  socket.request({ operation, type: verb === 'add' ? RTM_SETLINK : RTM_DELLINK, body });
}

/** @throws SyscallError EOPNOTSUPP when the link is not in a bridge or the kernel has no VLAN filtering, EINVAL, ENODEV */
export function addBridgeVlan(socket: NetlinkSocket, vlan: VlanRange): void {
  change(socket, 'add', vlan);
}

/** @throws SyscallError as {@link addBridgeVlan}; the kernel takes deletion of an absent one as done */
export function deleteBridgeVlan(socket: NetlinkSocket, vlan: VlanRange): void {
  change(socket, 'delete', vlan);
}
