/** Which way packets leave, in the network namespace of the calling thread. */
import { parseAddress } from '../address/ip-address';
import { hasCode } from '../errors';
import { getOutgoingLinkByCommand } from '../ip-command/route-lookup';
import { ffiAvailable } from '../libc';
import { findLinkByIndex } from '../netlink/link';
import { getOutgoingLink } from '../netlink/route-lookup';
import { NetlinkSocket } from '../netlink/socket';

function getByNetlink(address: string): string | undefined {
  using socket = NetlinkSocket.open();
  const index = getOutgoingLink(socket, address);
  return index === undefined ? undefined : findLinkByIndex(socket, index)?.name;
}

/**
 * Name of the link by which packets to `address` leave this host; undefined when no route leads there.
 * @throws SyscallError EINVAL for what is no address
 */
export function findOutgoingLink(address: string): string | undefined {
  parseAddress(address);
  try {
    return ffiAvailable() ? getByNetlink(address) : getOutgoingLinkByCommand(address);
  } catch (error) {
    // nothing leads there, or routes of the types unreachable, prohibit and blackhole do
    if (hasCode(error, 'ENETUNREACH', 'EHOSTUNREACH', 'EACCES', 'EINVAL')) return undefined;
    throw error;
  }
}
