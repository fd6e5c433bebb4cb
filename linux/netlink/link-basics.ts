/** The attributes that a link takes both when it is made and later, whatever its kind. */
import { parseMac } from '../address/mac-address';
import type { LinkChange } from '../rtnl/model';
import { attribute, text, u32 } from './attribute';
import {
  IFF_PROMISC,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_GROUP,
  IFLA_IFNAME,
  IFLA_MASTER,
  IFLA_MTU,
  type Ifinfo,
} from './link-message';

export type LinkBasics = Pick<LinkChange, 'name' | 'mtu' | 'mac' | 'master' | 'group' | 'up' | 'promisc'>;

export function encodeLinkBasics({ name, mtu, mac, master, group }: LinkBasics): Buffer[] {
  return [
    name !== undefined && text(IFLA_IFNAME, name),
    mtu !== undefined && u32(IFLA_MTU, mtu),
    mac !== undefined && attribute(IFLA_ADDRESS, parseMac(mac)),
    master !== undefined && u32(IFLA_MASTER, master),
    group !== undefined && u32(IFLA_GROUP, group),
  ].filter((encoded) => encoded !== false);
}

/** The flags to set and the mask of those to change, for `up` and `promisc`. */
export function linkFlags({ up, promisc }: LinkBasics): Pick<Ifinfo, 'flags' | 'change'> {
  const switches: [boolean | undefined, number][] = [
    [up, IFF_UP],
    [promisc, IFF_PROMISC],
  ];
  const bits = (chosen: [boolean | undefined, number][]) => chosen.reduce((all, [, flag]) => all | flag, 0);
  return {
    flags: bits(switches.filter(([value]) => value === true)),
    change: bits(switches.filter(([value]) => value !== undefined)),
  };
}
