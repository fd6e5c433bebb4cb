/** Making links: what all kinds share, then the part of each kind inside IFLA_LINKINFO. */
import { constants } from 'node:os';
import { requireLinkName } from '../address/link-name';
import { hasCode, SyscallError } from '../errors';
import type { Link, NewLinkSpec } from '../rtnl/model';
import { noSuchLink, noVlanFiltering } from '../rtnl/operation';
import { nested, text } from './attribute';
import { encodeBridge } from './bridge';
import { decodeLink, deleteLink, findLink, getLinkRequest } from './link';
import { encodeLinkBasics, linkFlags } from './link-basics';
import { completionRequests } from './link-completion';
import { IFLA_INFO_DATA, IFLA_INFO_KIND, IFLA_LINKINFO, ifinfo, RTM_NEWLINK } from './link-message';
import { NLM_F_CREATE, NLM_F_EXCL } from './message';
import type { Reply } from './replies';
import type { Request } from './request';
import type { NetlinkSocket } from './socket';
import { encodeVeth, oneQueue, raisePeer } from './veth';

function encodeKind(spec: NewLinkSpec): Buffer[] {
  if (spec.kind === 'veth') return encodeVeth(spec);
  return spec.kind === 'bridge' ? encodeBridge(spec) : [];
}

function encodeNewLink(spec: NewLinkSpec): Buffer {
  const info = [text(IFLA_INFO_KIND, spec.kind), nested(IFLA_INFO_DATA, encodeKind(spec))];
  const queues = spec.kind === 'veth' ? oneQueue : [];
  const basics = [...encodeLinkBasics(spec), ...queues];
  return Buffer.concat([ifinfo(linkFlags(spec)), ...basics, nested(IFLA_LINKINFO, info)]);
}

/**
 * The creating request, those that complete the link by its name, and the question what came out: one datagram.
 * @throws SyscallError EINVAL for impossible names
 */
function creationRequests(operation: string, spec: NewLinkSpec): [Request, ...Request[]] {
  const create: Request = {
    operation,
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: encodeNewLink(spec),
  };
  return [create, ...completionRequests(operation, spec), getLinkRequest(operation, spec.name)];
}

/** The kernel carries on after a refused creation, and would complete the link that has the name already. */
function requireFreeName(socket: NetlinkSocket, { operation }: Request, name: string): void {
  if (findLink(socket, name)) throw new SyscallError(operation, constants.errno.EEXIST);
}

/** @throws SyscallError EEXIST when the name, or the peer's name in its namespace, is taken */
export function createLink(socket: NetlinkSocket, spec: NewLinkSpec): Link {
  requireLinkName('create link', spec.name);
  if (spec.kind === 'veth') requireLinkName('create link', spec.peer.name);
  const operation = `create link "${spec.name}"`;
  const requests = creationRequests(operation, spec);
  if (requests.length > 2) requireFreeName(socket, requests[0], spec.name);
  const [created, ...others] = socket.exchange(requests);
  if (created!.error) throw created!.error;
  const message = others.at(-1)!.messages[0];
  if (!message) throw others.at(-1)!.error ?? noSuchLink(operation);
  return complete(socket, spec, { link: decodeLink(message), replies: others });
}

/** What kernels before 5.5 answer to alternative names, which a link can be without. No other completion is refused so. */
const unknownProperty = 'EOPNOTSUPP';

interface Created {
  link: Link;
  replies: readonly Reply[];
}

/** A link that is not as it was asked for is not left behind. */
function complete(socket: NetlinkSocket, spec: NewLinkSpec, { link, replies }: Created): Link {
  try {
    const failed = replies.find(({ error }) => error && !hasCode(error, unknownProperty));
    if (failed?.error) throw failed.error;
    if (spec.kind === 'bridge' && spec.vlanFiltering && !link.bridge?.vlanFiltering)
      throw noVlanFiltering(spec.name);
    if (spec.kind !== 'veth' || !spec.peer.up) return link;
    raisePeer(socket, spec);
    return findLink(socket, spec.name) ?? link;
  } catch (error) {
    deleteLink(socket, link.index);
    throw error;
  }
}
