/** Whether a bridge's hardware address is its own or one of its ports'. */
import { readFileSync } from 'node:fs';
import type { Link } from './model';

/** `NET_ADDR_SET` in linux/netdevice.h: somebody gave the device its address. */
const givenAddress = '3';

function read(name: string, attribute: string): string | undefined {
  try {
    return readFileSync(`/sys/class/net/${name}/${attribute}`, 'latin1').trim();
  } catch {
    return undefined;
  }
}

/**
 * Whether the device has an address that was given to it. False also where /sys cannot tell: it shows the namespace that
 * it was mounted in, so only a device there with this link's index and address is this link.
 */
export function hasOwnMac({ name, index, mac }: Link): boolean {
  return (
    read(name, 'addr_assign_type') === givenAddress &&
    read(name, 'ifindex') === String(index) &&
    read(name, 'address') === mac
  );
}
