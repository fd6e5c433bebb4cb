/** What a port of a bridge has beyond other links (linux/if_link.h, IFLA_BRPORT_*). */
import type { Link, LinkChange } from '../rtnl/model';
import { type AttributeTable, nested, u8 } from './attribute';
import { ifinfo, RTM_SETLINK } from './link-message';
import type { Request } from './request';

export const AF_BRIDGE = 7;
const IFLA_PROTINFO = 12;
const IFLA_BRPORT_STATE = 1;
const IFLA_BRPORT_MODE = 4;
const IFLA_BRPORT_ISOLATED = 33;

type Port = NonNullable<Link['port']>;
const portStates: Port['state'][] = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'];

export function decodeBridgePort(data: AttributeTable): Port {
  return {
    hairpin: data.u8(IFLA_BRPORT_MODE) === 1,
    isolated: data.u8(IFLA_BRPORT_ISOLATED) === 1,
    state: portStates[data.u8(IFLA_BRPORT_STATE) ?? 0] ?? 'disabled',
  };
}

/** IFLA_BRPORT_* attributes. */
export function encodeBridgePort({ hairpin, isolated }: Pick<LinkChange, 'hairpin' | 'isolated'>): Buffer[] {
  return [
    ...(hairpin === undefined ? [] : [u8(IFLA_BRPORT_MODE, Number(hairpin))]),
    ...(isolated === undefined ? [] : [u8(IFLA_BRPORT_ISOLATED, Number(isolated))]),
  ];
}

/** The request that changes a port; undefined when `change` has nothing for ports. */
export function bridgePortRequest(index: number, change: LinkChange): Omit<Request, 'operation'> | undefined {
  const values = encodeBridgePort(change);
  if (values.length === 0) return undefined;
  const body = Buffer.concat([ifinfo({ family: AF_BRIDGE, index }), nested(IFLA_PROTINFO, values)]);
  return { type: RTM_SETLINK, body };
}
