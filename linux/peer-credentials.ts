/** Who is at the other end of a connected unix socket: the kernel's word, taken when it connected (unix(7), SO_PEERCRED). */

import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { SyscallError } from './errors';
import { check, getsockopt } from './libc';

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const bytesOfUcred = 12;

export interface PeerCredentials {
  /** As this process's pid namespace numbers it; 0 when it cannot see it. */
  pid: number;
  uid: number;
  gid: number;
}

/** @throws SyscallError ENOTCONN when `fd` is not a connected unix socket */
export function getPeerCredentials(fd: number): PeerCredentials {
  const value = Buffer.alloc(bytesOfUcred);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytesOfUcred);
  check('get peer credentials', getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, length));
  const [pid, uid, gid] = [value.readInt32LE(0), value.readUInt32LE(4), value.readUInt32LE(8)];
  if (uid === 0xffffffff) throw new SyscallError('get peer credentials', constants.errno.ENOTCONN);
  return { pid, uid, gid };
}

/**
 * The descriptor under a stream of Node, which has no public name for it.
 * @throws SyscallError EBADF when the stream is closed
 */
export function descriptorOf(socket: Socket): number {
  const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd ?? -1;
  if (fd < 0) throw new SyscallError('get descriptor of socket', constants.errno.EBADF);
  return fd;
}
