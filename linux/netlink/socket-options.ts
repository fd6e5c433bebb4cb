/** Opening netlink sockets and setting them up (netlink(7)). */

import { setUint16, setUint32 } from '../../values/integers';
import { check, close, connect, setsockopt, socket } from '../libc';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;

/** Room for long lists, and for the refusals of a batch, of which each message may have one. */
const receiveBufferSize = 4 * 1024 * 1024;

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  setUint32(bytes, 0, value);
  return bytes;
}

const on = u32(1);
const size = u32(receiveBufferSize);
const kernelAddress = Buffer.alloc(12);
setUint16(kernelAddress, 0, AF_NETLINK);

/**
 * A descriptor that is connected to the kernel, in the namespace of the calling thread.
 * @param family NETLINK_* of linux/netlink.h: which part of the kernel answers
 * @param group one of its groups, whose notifications come in, too
 * @throws SyscallError EPROTONOSUPPORT when this kernel has no such part
 */
export function openNetlink(family: number, group?: number): number {
  const fd = check('open netlink socket', socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family));
  try {
    setOptions(fd);
    connectToKernel(fd);
    if (group !== undefined) joinGroup(fd, group);
  } catch (error) {
    close(fd);
    throw error;
  }
  return fd;
}

/** Old kernels lack some of these; all that is lost then is detail in errors and speed of lists. */
function setOptions(fd: number): void {
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size, size.length);
  for (const option of [NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK])
    setsockopt(fd, SOL_NETLINK, option, on, on.length);
}

/**
 * A connected netlink socket takes messages from its peer only, here port 0: no other process can answer for the kernel.
 * @throws SyscallError
 */
function connectToKernel(fd: number): void {
  check('connect netlink socket', connect(fd, kernelAddress, kernelAddress.length));
}

function joinGroup(fd: number, group: number): void {
  const value = u32(group);
  check(
    `join netlink group ${group}`,
    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, value, value.length),
  );
}
