/** Making links: what all kinds share, then the part of each kind inside IFLA_LINKINFO. */
import { requireLinkName } from '../address/link-name';
import type { Link, NewLinkSpec } from '../rtnl/model';
import { noSuchLink, noVlanFiltering } from '../rtnl/operation';
import { nested, text } from './attribute';
import { encodeBridge } from './bridge';
import { deleteLink, findLink } from './link';
import { encodeLinkBasics, linkFlags } from './link-basics';
import { setLink } from './link-change';
import { IFLA_INFO_DATA, IFLA_INFO_KIND, IFLA_LINKINFO, ifinfo, RTM_NEWLINK } from './link-message';
import { NLM_F_CREATE, NLM_F_EXCL } from './message';
import type { NetlinkSocket } from './socket';
import { encodeVeth, raisePeer } from './veth';

function encodeKind(spec: NewLinkSpec): Buffer[] {
  if (spec.kind === 'veth') return encodeVeth(spec);
  return spec.kind === 'bridge' ? encodeBridge(spec) : [];
}

function encodeNewLink(spec: NewLinkSpec): Buffer {
  const info = [text(IFLA_INFO_KIND, spec.kind), nested(IFLA_INFO_DATA, encodeKind(spec))];
  return Buffer.concat([ifinfo(linkFlags(spec)), ...encodeLinkBasics(spec), nested(IFLA_LINKINFO, info)]);
}

/** Completes what the creating message cannot carry, and looks at what came out. */
function finish(socket: NetlinkSocket, spec: NewLinkSpec, created: Link): Link {
  if (spec.kind === 'bridge' && spec.vlanFiltering && !created.bridge?.vlanFiltering)
    throw noVlanFiltering(spec.name);
  const peerUp = spec.kind === 'veth' && spec.peer.up;
  if (peerUp) raisePeer(socket, spec);
  if (spec.alias !== undefined) setLink(socket, created.index, { alias: spec.alias });
  return peerUp || spec.alias !== undefined ? findCreated(socket, spec) : created;
}

function findCreated(socket: NetlinkSocket, { name }: NewLinkSpec): Link {
  const created = findLink(socket, name);
  if (!created) throw noSuchLink(`create link "${name}"`);
  return created;
}

/** @throws SyscallError EEXIST when the name, or the peer's name in its namespace, is taken */
export function createLink(socket: NetlinkSocket, spec: NewLinkSpec): Link {
  requireLinkName('create link', spec.name);
  if (spec.kind === 'veth') requireLinkName('create link', spec.peer.name);
  const operation = `create link "${spec.name}"`;
  socket.request({
    operation,
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: encodeNewLink(spec),
  });
  const created = findCreated(socket, spec);
  try {
    return finish(socket, spec, created);
  } catch (error) {
    deleteLink(socket, created.index);
    throw error;
  }
}
