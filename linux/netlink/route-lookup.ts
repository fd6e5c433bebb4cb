/** Where packets go: RTM_GETROUTE about one address (rtnetlink(7)), answered by the kernel's own policy, rules included. */
import { AF_INET, parseAddress } from '../address/ip-address';
import { AttributeTable, attribute } from './attribute';
import type { NetlinkSocket } from './socket';

const RTM_GETROUTE = 26;
const RTA_DST = 1;
const RTA_OIF = 4;
const rtmsgSize = 12;

/**
 * Index of the link by which packets to `address` leave this host.
 * @throws SyscallError ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL when there is no way, or one that is closed
 */
export function getOutgoingLink(socket: NetlinkSocket, address: string): number | undefined {
  const { family, bytes } = parseAddress(address);
  const rtmsg = Buffer.alloc(rtmsgSize);
  rtmsg.set([family, family === AF_INET ? 32 : 128]);
  const [route] = socket.request({
    operation: `get route to "${address}"`,
    type: RTM_GETROUTE,
    body: Buffer.concat([rtmsg, attribute(RTA_DST, bytes)]),
  });
  return route && new AttributeTable(route.payload.subarray(rtmsgSize)).u32(RTA_OIF);
}
