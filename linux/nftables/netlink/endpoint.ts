/** The descriptor of a NETLINK_NETFILTER socket (netlink(7)). */

import { setUint16, setUint32 } from '../../../values/integers';
import { check, close, connect, setsockopt, socket } from '../../libc';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_NETFILTER = 12;
const SOL_SOCKET = 1;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;

/** Room for the refusals of a batch, of which each message may have one. */
const receiveBufferSize = 4 * 1024 * 1024;

/**
 * Opens a socket in the namespace of the calling thread, which takes messages from the kernel only.
 * @throws SyscallError
 */
export function openEndpoint(): number {
  const type = SOCK_RAW | SOCK_CLOEXEC;
  const fd = check('open netfilter socket', socket(AF_NETLINK, type, NETLINK_NETFILTER));
  try {
    setOptions(fd);
    connectToKernel(fd);
  } catch (error) {
    close(fd);
    throw error;
  }
  return fd;
}

/** A datagram larger than the send buffer, with the kernel's own accounting, is refused as a whole (EMSGSIZE). */
export function makeRoomToSend(fd: number, length: number): void {
  setSize(fd, SO_SNDBUFFORCE, length * 2);
}

function setSize(fd: number, option: number, value: number): void {
  const size = Buffer.alloc(4);
  setUint32(size, 0, value);
  setsockopt(fd, SOL_SOCKET, option, size, size.length);
}

/** Old kernels lack some of these; all that is lost then is detail in errors. */
function setOptions(fd: number): void {
  const on = Buffer.of(1, 0, 0, 0);
  setSize(fd, SO_RCVBUFFORCE, receiveBufferSize);
  for (const option of [NETLINK_CAP_ACK, NETLINK_EXT_ACK]) setsockopt(fd, SOL_NETLINK, option, on, on.length);
}

/** A connected netlink socket takes messages from its peer only, here port 0: no other process can answer for the kernel. */
function connectToKernel(fd: number): void {
  const kernelAddress = Buffer.alloc(12);
  setUint16(kernelAddress, 0, AF_NETLINK);
  check('connect netfilter socket', connect(fd, kernelAddress, kernelAddress.length));
}
