/** Network interfaces: listing, finding, deleting. */

import { getUint16, getUint32 } from '../../values/integers';
import { isPossibleLinkName } from '../address/link-name';
import { macText } from '../address/mac-address';
import { hasCode } from '../errors';
import type { Link } from '../rtnl/model';
import { type AttributeTable, attributes, textOf, u32 } from './attribute';
import { decodeBridge } from './bridge';
import { decodeBridgePort } from './bridge-port';
import { deletionRequest } from './link-deletion';
import {
  IFF_PROMISC,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_ALT_IFNAME,
  IFLA_EXT_MASK,
  IFLA_GROUP,
  IFLA_IFALIAS,
  IFLA_IFNAME,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_INFO_SLAVE_DATA,
  IFLA_INFO_SLAVE_KIND,
  IFLA_LINK,
  IFLA_LINKINFO,
  IFLA_MASTER,
  IFLA_MTU,
  IFLA_OPERSTATE,
  IFLA_PROP_LIST,
  type Ifinfo,
  ifinfo,
  linkAttributes,
  RTM_DELLINK,
  RTM_GETLINK,
} from './link-message';
import { nameSelector } from './link-selector';
import type { Message } from './message';
import type { Request } from './request';
import { NetlinkSocket } from './socket';

const AF_UNSPEC = 0;
const ARPHRD_LOOPBACK = 772;
/** Counters are half of a link's message and nobody here reads them. */
const RTEXT_FILTER_SKIP_STATS = 8;

const operStates = ['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP'];

function decodeAltNames(table: AttributeTable): string[] {
  const list = attributes(table.bytes(IFLA_PROP_LIST) ?? Buffer.alloc(0));
  return list.filter(({ type }) => type === IFLA_ALT_IFNAME).map(({ payload }) => textOf(payload));
}

function decodeKindDetails(info: AttributeTable): Pick<Link, 'bridge' | 'port'> {
  return {
    ...(info.text(IFLA_INFO_KIND) === 'bridge' && { bridge: decodeBridge(info.nested(IFLA_INFO_DATA)) }),
    ...(info.text(IFLA_INFO_SLAVE_KIND) === 'bridge' && {
      port: decodeBridgePort(info.nested(IFLA_INFO_SLAVE_DATA)),
    }),
  };
}

export function decodeLink(message: Message): Link {
  const { index, table } = linkAttributes(message);
  const flags = getUint32(message.payload, 8);
  const info = table.nested(IFLA_LINKINFO);
  const plainKind = getUint16(message.payload, 2) === ARPHRD_LOOPBACK ? 'loopback' : 'device';
  return {
    index,
    name: table.text(IFLA_IFNAME) ?? '',
    kind: info.text(IFLA_INFO_KIND) ?? plainKind,
    mac: macText(table.bytes(IFLA_ADDRESS)),
    mtu: table.u32(IFLA_MTU) ?? 0,
    up: (flags & IFF_UP) !== 0,
    operState: operStates[table.u8(IFLA_OPERSTATE) ?? 0] ?? 'UNKNOWN',
    promisc: (flags & IFF_PROMISC) !== 0,
    master: table.u32(IFLA_MASTER) ?? 0,
    link: table.u32(IFLA_LINK) ?? 0,
    alias: table.text(IFLA_IFALIAS) ?? '',
    altNames: decodeAltNames(table),
    group: table.u32(IFLA_GROUP) ?? 0,
    ...decodeKindDetails(info),
  };
}

function getLinkBody(fixed: Ifinfo, ...selectors: Buffer[]): Buffer {
  return Buffer.concat([ifinfo(fixed), u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS), ...selectors]);
}

export function listLinks(socket: NetlinkSocket): Link[] {
  return socket.dump({ operation: 'list links', type: RTM_GETLINK, body: getLinkBody({}) }).map(decodeLink);
}

/**
 * The first port of `master` that `matches`. The kernel lists a few at a time, as they are read; a list that nobody reads
 * to its end occupies its socket, so this one has its own.
 */
export function findPort(
  socket: NetlinkSocket,
  master: number,
  matches: (link: Link) => boolean,
): Link | undefined {
  using netns = socket.openNetns();
  using lister = netns.run(() => NetlinkSocket.open());
  const body = Buffer.concat([getLinkBody({}), u32(IFLA_MASTER, master)]);
  for (const messages of lister.dumpInParts({ operation: 'list ports', type: RTM_GETLINK, body }))
    for (const message of messages) {
      const link = decodeLink(message);
      // Some kernels list links of other masters, too
      if (link.master === master && matches(link)) return link;
    }
  return undefined;
}

/** The request for one link. It gets a reply or an error, never both. */
export function getLinkRequest(operation: string, name: string): Request {
  return { operation, type: RTM_GETLINK, body: getLinkBody({}, nameSelector(name)), answered: true };
}

function findOne(socket: NetlinkSocket, request: Request): Link | undefined {
  try {
    const [message] = socket.request(request);
    return message && decodeLink(message);
  } catch (error) {
    if (hasCode(error, 'ENODEV')) return undefined;
    throw error;
  }
}

/** Finds a link by its name or by one of its alternative names, without listing. */
export function findLink(socket: NetlinkSocket, name: string): Link | undefined {
  if (!isPossibleLinkName(name)) return undefined;
  return findOne(socket, getLinkRequest(`find link "${name}"`, name));
}

export function findLinkByIndex(socket: NetlinkSocket, index: number): Link | undefined {
  if (index <= 0) return undefined;
  const body = getLinkBody({ index });
  return findOne(socket, { operation: `find link ${index}`, type: RTM_GETLINK, body, answered: true });
}

/**
 * The links whose deletion the kernel has told: nobody finds them any more.
 * @param notices a member of RTNLGRP_LINK
 */
export function listDeletedLinks(notices: NetlinkSocket): Link[] {
  // A bridge tells the loss of a port in messages of its own family.
  return notices
    .receiveNow()
    .filter(({ type, payload }) => type === RTM_DELLINK && payload[0] === AF_UNSPEC)
    .map(decodeLink);
}

/** Blocks until the kernel has finished, 20 ms: only for what was made a moment ago and turned out wrong. */
export function deleteLink(socket: NetlinkSocket, index: number): void {
  socket.request(deletionRequest(index));
}
