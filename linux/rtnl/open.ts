/** Opens the kernel's routing interface by whichever backend works here. */
import { IpCommandRtnl } from '../ip-command/rtnl';
import { ffiAvailable } from '../libc';
import { NetlinkRtnl } from '../netlink/rtnl';
import type { Netns } from '../netns/netns';
import type { Rtnl } from './model';

/**
 * Opens a conversation with the routing subsystem of `netns`, or of the calling thread's namespace. It stays in that
 * namespace wherever the thread goes later, also after `netns` is closed.
 * @throws SyscallError
 */
export function openRtnl({ netns }: { netns?: Netns } = {}): Rtnl {
  if (!ffiAvailable()) return IpCommandRtnl.open(netns);
  return netns ? netns.run(() => NetlinkRtnl.open()) : NetlinkRtnl.open();
}
