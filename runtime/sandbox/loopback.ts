/** Brings `lo` up in a namespace: 127.0.0.1 and ::1 come with it (netdevice(7)). */
import { check, close, ioctl, socket } from '../../linux/libc';
import type { Netns } from '../../linux/netns/netns';

const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
const SIOCSIFFLAGS = 0x8914;
const IFF_UP_RUNNING = 0x41;
/** sizeof(struct ifreq); the flags come after the name. */
const ifreqSize = 40;
const flagsOffset = 16;

/** @throws SyscallError */
export function bringLoopbackUp(netns: Netns): void {
  const request = Buffer.alloc(ifreqSize);
  request.write('lo');
  request.writeUInt16LE(IFF_UP_RUNNING, flagsOffset);
  netns.run(() => {
    const fd = check('open socket', socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0));
    try {
      check('bring "lo" up', ioctl(fd, SIOCSIFFLAGS, request));
    } finally {
      close(fd);
    }
  });
}
