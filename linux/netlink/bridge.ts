/** What a bridge has beyond other links (linux/if_link.h, IFLA_BR_*). */
import type { Link } from '../rtnl/model';
import { type AttributeTable, u8 } from './attribute';

const IFLA_BR_VLAN_FILTERING = 7;

export function decodeBridge(data: AttributeTable): NonNullable<Link['bridge']> {
  return { vlanFiltering: data.u8(IFLA_BR_VLAN_FILTERING) === 1 };
}

/** The content of IFLA_INFO_DATA. */
export function encodeBridge({ vlanFiltering }: { vlanFiltering?: boolean | undefined }): Buffer[] {
  return vlanFiltering === undefined ? [] : [u8(IFLA_BR_VLAN_FILTERING, Number(vlanFiltering))];
}
