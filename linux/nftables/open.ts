/** Opens nf_tables by whichever implementation works here. */
import { ffiAvailable } from '../libc';
import type { Netns } from '../netns/netns';
import type { Nftables } from './model';
import { NetlinkNftables } from './netlink/nftables';
import { NftCommandNftables } from './nft-command/nftables';

/**
 * Opens nf_tables of `netns`, or of the calling thread's namespace. It stays in that namespace wherever the thread goes
 * later, also after `netns` is closed. Keep it open where more than one call is made.
 * @throws SyscallError
 */
export function openNftables({ netns }: { netns?: Netns } = {}): Nftables {
  if (!ffiAvailable()) return NftCommandNftables.open(netns);
  return netns ? netns.run(() => NetlinkNftables.open()) : NetlinkNftables.open();
}
