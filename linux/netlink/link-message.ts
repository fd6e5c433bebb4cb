/** Link messages: `struct ifinfomsg` and the IFLA_* attributes that every kind has (linux/if_link.h, rtnetlink(7)). */

import { getInt32, setUint32 } from '../../values/integers';
import { AttributeTable } from './attribute';
import type { Message } from './message';

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const RTM_SETLINK = 19;
export const RTM_NEWLINKPROP = 108;
export const RTM_DELLINKPROP = 109;

/** `enum rtnetlink_groups` */
export const RTNLGRP_LINK = 1;

export const IFLA_ADDRESS = 1;
export const IFLA_IFNAME = 3;
export const IFLA_MTU = 4;
export const IFLA_LINK = 5;
export const IFLA_MASTER = 10;
export const IFLA_OPERSTATE = 16;
export const IFLA_LINKINFO = 18;
export const IFLA_IFALIAS = 20;
export const IFLA_AF_SPEC = 26;
export const IFLA_GROUP = 27;
export const IFLA_NET_NS_FD = 28;
export const IFLA_EXT_MASK = 29;
export const IFLA_NUM_TX_QUEUES = 31;
export const IFLA_NUM_RX_QUEUES = 32;
export const IFLA_PROP_LIST = 52;
export const IFLA_ALT_IFNAME = 53;
export const IFLA_INFO_KIND = 1;
export const IFLA_INFO_DATA = 2;
export const IFLA_INFO_SLAVE_KIND = 4;
export const IFLA_INFO_SLAVE_DATA = 5;

export const IFF_UP = 0x1;
export const IFF_PROMISC = 0x100;
const ifinfoSize = 16;

/** The fixed part of a link message; `flags` are set as far as `change` has them. */
export interface Ifinfo {
  family?: number;
  index?: number;
  flags?: number;
  change?: number;
}

export function ifinfo({ family = 0, index = 0, flags = 0, change = 0 }: Ifinfo): Buffer {
  const bytes = Buffer.alloc(ifinfoSize);
  bytes[0] = family;
  setUint32(bytes, 4, index);
  setUint32(bytes, 8, flags);
  setUint32(bytes, 12, change);
  return bytes;
}

/** The interface index and the attributes of a link message. */
export function linkAttributes({ payload }: Message): { index: number; table: AttributeTable } {
  return { index: getInt32(payload, 4), table: new AttributeTable(payload.subarray(ifinfoSize)) };
}
