/** A number of the network namespace that no other namespace gets until the next boot: inodes are used again. */
import { check, close, ffiAvailable, getsockopt, socket } from '../libc';

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 0x80002;
const SOL_SOCKET = 1;
/** asm-generic/socket.h; since Linux 5.14. */
const SO_NETNS_COOKIE = 71;

/** Of the calling thread's namespace; undefined where the kernel, or FFI, does not give it. @throws SyscallError */
export function findNetnsCookie(): string | undefined {
  if (!ffiAvailable()) return undefined;
  const fd = check('open socket', socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0));
  const value = Buffer.alloc(8);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  const result = getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, value, length);
  close(fd);
  return result === 0 ? String(value.readBigUInt64LE()) : undefined;
}
