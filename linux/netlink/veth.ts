/** veth pairs: the peer is described inside the request that makes the pair (linux/veth.h). */

import type { NewVeth } from '../rtnl/model';
import { noSuchLink } from '../rtnl/operation';
import { nested, u32 } from './attribute';
import { findLink } from './link';
import { encodeLinkBasics } from './link-basics';
import { setLink } from './link-change';
import { IFLA_NET_NS_FD, IFLA_NUM_RX_QUEUES, IFLA_NUM_TX_QUEUES, ifinfo } from './link-message';
import { NetlinkSocket } from './socket';

const VETH_INFO_PEER = 1;

/**
 * The kernel uses one queue of a pair, but makes one for each CPU unless told, and waits for all CPUs, with the lock of all
 * network configuration held, to give up the others (drivers/net/veth.c veth_init_queues()): most of a creation's time.
 */
export const oneQueue = [u32(IFLA_NUM_TX_QUEUES, 1), u32(IFLA_NUM_RX_QUEUES, 1)];

/** The content of IFLA_INFO_DATA: an ifinfomsg and attributes of the peer, which is born in its own namespace. */
export function encodeVeth({ peer }: NewVeth): Buffer[] {
  const { netns } = peer;
  const place = netns ? [u32(IFLA_NET_NS_FD, netns.fd)] : [];
  return [nested(VETH_INFO_PEER, [ifinfo({}), ...encodeLinkBasics(peer), ...oneQueue, ...place])];
}

function raise(socket: NetlinkSocket, name: string): void {
  const peer = findLink(socket, name);
  if (!peer) throw noSuchLink(`set peer "${name}" up`);
  setLink(socket, peer.index, { up: true });
}

/** Sets the peer up. The creating request cannot: it makes the peer first, and half a pair does not open (ENOTCONN). */
export function raisePeer(socket: NetlinkSocket, { peer }: NewVeth): void {
  if (peer.netns) {
    using inside = peer.netns.run(() => NetlinkSocket.open());
    raise(inside, peer.name);
  } else raise(socket, peer.name);
}
