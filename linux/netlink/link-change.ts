/** Changing links. */
import { requireLinkName } from '../address/link-name';
import type { LinkChange } from '../rtnl/model';
import { noVlanFiltering, setLinkOperation } from '../rtnl/operation';
import { attribute, nested, text } from './attribute';
import { encodeBridge } from './bridge';
import { bridgePortRequest } from './bridge-port';
import { findLinkByIndex } from './link';
import { encodeLinkBasics, linkFlags } from './link-basics';
import {
  IFLA_IFALIAS,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_LINKINFO,
  ifinfo,
  RTM_NEWLINK,
} from './link-message';
import type { Request } from './request';
import type { NetlinkSocket } from './socket';

function encodeChange(index: number, change: LinkChange): Buffer {
  const { alias, vlanFiltering } = change;
  // The kernel stores an alias without its NUL: a terminated one would be one byte longer than what was asked for.
  const aliasPart = alias === undefined ? [] : [attribute(IFLA_IFALIAS, Buffer.from(alias))];
  const bridgePart = [
    text(IFLA_INFO_KIND, 'bridge'),
    nested(IFLA_INFO_DATA, encodeBridge({ vlanFiltering })),
  ];
  return Buffer.concat([
    ifinfo({ index, ...linkFlags(change) }),
    ...encodeLinkBasics(change),
    ...aliasPart,
    ...(vlanFiltering === undefined ? [] : [nested(IFLA_LINKINFO, bridgePart)]),
  ]);
}

function verifyVlanFiltering(socket: NetlinkSocket, index: number): void {
  const link = findLinkByIndex(socket, index);
  if (link && !link.bridge?.vlanFiltering) throw noVlanFiltering(link.name);
}

/** The request that makes the changes which all links take. */
export function changeRequest(index: number, change: LinkChange): Request {
  return {
    operation: setLinkOperation(index, change),
    type: RTM_NEWLINK,
    body: encodeChange(index, change),
  };
}

/** Port attributes go in a request of their own, after the one that may make the link a port. */
export function setLink(socket: NetlinkSocket, index: number, change: LinkChange): void {
  if (change.name !== undefined) requireLinkName('rename link to', change.name);
  const request = changeRequest(index, change);
  socket.request(request);
  if (change.vlanFiltering) verifyVlanFiltering(socket, index);
  const portRequest = bridgePortRequest(index, change);
  if (portRequest) socket.request({ operation: request.operation, ...portRequest });
}
