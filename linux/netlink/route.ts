/** Unicast routes: `struct rtmsg`, RTA_*, RTAX_* (linux/rtnetlink.h, rtnetlink(7)). */

import { getUint32, setUint32 } from '../../values/integers';
import { AF_INET, addressText, cidrText, networkBytes, parseAddress, parseCidr } from '../address/ip-address';
import { hasCode } from '../errors';
import type { Route } from '../rtnl/model';
import { routeOperation } from '../rtnl/operation';
import { RT_SCOPE_GLOBAL, RT_SCOPE_LINK, RT_SCOPE_NOWHERE } from '../rtnl/scope';
import { AttributeTable, attribute, nested, requireUnsigned, u32 } from './attribute';
import { type Message, NLM_F_CREATE, NLM_F_EXCL } from './message';
import type { Request } from './request';
import type { NetlinkSocket } from './socket';

const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const RTM_GETROUTE = 26;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
const RTA_PREFSRC = 7;
const RTA_METRICS = 8;
const RTA_TABLE = 15;
const RTA_VIA = 18;
const RTAX_MTU = 2;
const RTAX_ADVMSS = 8;
const RTN_UNICAST = 1;
const RTPROT_BOOT = 3;
const RTNH_F_ONLINK = 4;
const RTM_F_CLONED = 0x200;
const RT_TABLE_MAIN = 254;
const RT_TABLE_COMPAT = 252;
const rtmsgSize = 12;

interface Rtmsg {
  family: number;
  prefix: number;
  table: number;
  protocol: number;
  scope: number;
  type: number;
  flags: number;
}

function rtmsg(fixed: Partial<Rtmsg>): Buffer {
  const { family = 0, prefix = 0, table = 0, protocol = 0, scope = 0, type = 0, flags = 0 } = fixed;
  requireUnsigned('route protocol', protocol, 0xff);
  requireUnsigned('route scope', scope, 0xff);
  const bytes = Buffer.alloc(rtmsgSize);
  bytes.set([family, prefix, 0, 0, table < 256 ? table : RT_TABLE_COMPAT, protocol, scope, type]);
  setUint32(bytes, 8, flags);
  return bytes;
}

/** A gateway of the other family travels in RTA_VIA: family, then address. */
function encodeGateway(gateway: string, family: number): Buffer {
  const via = parseAddress(gateway);
  if (via.family === family) return attribute(RTA_GATEWAY, via.bytes);
  return attribute(RTA_VIA, Buffer.concat([Buffer.of(via.family, 0), via.bytes]));
}

function encodeMetrics({ mtu, advmss }: Route): Buffer[] {
  const metrics = [
    ...(mtu === undefined ? [] : [u32(RTAX_MTU, mtu)]),
    ...(advmss === undefined ? [] : [u32(RTAX_ADVMSS, advmss)]),
  ];
  return metrics.length === 0 ? [] : [nested(RTA_METRICS, metrics)];
}

function encodeAttributes(route: Route, family: number): Buffer[] {
  const { gateway, index, src, priority, table = RT_TABLE_MAIN } = route;
  return [
    ...(gateway === undefined ? [] : [encodeGateway(gateway, family)]),
    ...(index === undefined ? [] : [u32(RTA_OIF, index)]),
    ...(src === undefined ? [] : [attribute(RTA_PREFSRC, parseAddress(src).bytes)]),
    ...(priority === undefined ? [] : [u32(RTA_PRIORITY, priority)]),
    u32(RTA_TABLE, table),
    ...encodeMetrics(route),
  ];
}

function encodeRoute(route: Route, unsaid: { protocol: number; scope: number }): Buffer {
  const cidr = parseCidr(route.dst);
  const fixed = rtmsg({
    family: cidr.family,
    prefix: cidr.prefix,
    table: route.table ?? RT_TABLE_MAIN,
    protocol: route.protocol ?? unsaid.protocol,
    scope: route.scope ?? unsaid.scope,
    type: RTN_UNICAST,
    flags: route.onLink ? RTNH_F_ONLINK : 0,
  });
  const dst = attribute(RTA_DST, networkBytes(cidr));
  return Buffer.concat([fixed, dst, ...encodeAttributes(route, cidr.family)]);
}

function decodeGateway(table: AttributeTable): string | undefined {
  const gateway = table.bytes(RTA_GATEWAY) ?? table.bytes(RTA_VIA)?.subarray(2);
  return gateway && addressText(gateway);
}

function decodeRoute({ payload }: Message): Route {
  const table = new AttributeTable(payload.subarray(rtmsgSize));
  const metrics = table.nested(RTA_METRICS);
  const src = table.bytes(RTA_PREFSRC);
  const dst = table.bytes(RTA_DST) ?? Buffer.alloc(payload[0] === AF_INET ? 4 : 16);
  return withoutUndefined({
    dst: cidrText({ bytes: dst, prefix: payload[1]! }),
    gateway: decodeGateway(table),
    index: table.u32(RTA_OIF),
    src: src && addressText(src),
    mtu: metrics.u32(RTAX_MTU),
    advmss: metrics.u32(RTAX_ADVMSS),
    priority: table.u32(RTA_PRIORITY),
    table: table.u32(RTA_TABLE) ?? payload[4]!,
    scope: payload[6]!,
    protocol: payload[5]!,
    onLink: getUint32(payload, 8) & RTNH_F_ONLINK ? true : undefined,
  });
}

function withoutUndefined(route: { [Key in keyof Route]: Route[Key] | undefined }): Route {
  return Object.fromEntries(
    Object.entries(route).filter(([, value]) => value !== undefined),
  ) as unknown as Route;
}

function isListed({ payload }: Message): boolean {
  return payload[7] === RTN_UNICAST && (getUint32(payload, 8) & RTM_F_CLONED) === 0;
}

/** A table that does not exist gives an empty list. */
export function listRoutes(socket: NetlinkSocket, filter: { table?: number; index?: number } = {}): Route[] {
  const { table = RT_TABLE_MAIN, index } = filter;
  const body = Buffer.concat([rtmsg({}), u32(RTA_TABLE, table)]);
  try {
    const messages = socket.dump({ operation: `list routes of table ${table}`, type: RTM_GETROUTE, body });
    const routes = messages.filter(isListed).map(decodeRoute);
    return routes.filter((route) => route.table === table && (index === undefined || route.index === index));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The request that adds a route. @throws SyscallError EINVAL */
export function newRouteRequest(route: Route): Request {
  const scope = route.gateway === undefined ? RT_SCOPE_LINK : RT_SCOPE_GLOBAL;
  return {
    operation: routeOperation('add', route),
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: encodeRoute(route, { protocol: RTPROT_BOOT, scope }),
  };
}

/** @throws SyscallError EEXIST, ENETUNREACH when no connected route covers the gateway, ENODEV, EINVAL */
export function addRoute(socket: NetlinkSocket, route: Route): void {
  socket.request(newRouteRequest(route));
}

/** Keys that `route` leaves out match anything. @throws SyscallError ESRCH when there is no such route */
export function deleteRoute(socket: NetlinkSocket, route: Route): void {
  const body = encodeRoute(route, { protocol: 0, scope: RT_SCOPE_NOWHERE });
  socket.request({ operation: routeOperation('delete', route), type: RTM_DELROUTE, body });
}
