/** The descriptor of a NETLINK_NETFILTER socket (netlink(7)). */

import { setUint32 } from '../../../values/integers';
import { setsockopt } from '../../libc';
import { openNetlink } from '../../netlink/socket-options';

const NETLINK_NETFILTER = 12;
const SOL_SOCKET = 1;
const SO_SNDBUFFORCE = 32;

/**
 * Opens a socket in the namespace of the calling thread, which takes messages from the kernel only.
 * @throws SyscallError EPROTONOSUPPORT when this kernel has no nfnetlink
 */
export function openEndpoint(): number {
  return openNetlink(NETLINK_NETFILTER);
}

/** A datagram larger than the send buffer, with the kernel's own accounting, is refused as a whole (EMSGSIZE). */
export function makeRoomToSend(fd: number, length: number): void {
  const size = Buffer.alloc(4);
  setUint32(size, 0, length * 2);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, size, size.length);
}
