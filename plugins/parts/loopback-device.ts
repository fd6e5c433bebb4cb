/** The loopback interface of a namespace. */
import { CniError, ErrorCode } from '../../cni/errors';
import type { Result } from '../../cni/result';
import type { Rtnl } from '../../linux/rtnl/model';

const name = 'lo';

/** Sets `lo` up. @returns whether it was down */
export function ensureUp(rtnl: Rtnl): boolean {
  const { index, up } = rtnl.getLink(name);
  if (!up) rtnl.setLink(index, { up: true });
  return !up;
}

/** Sets `lo` down and takes the address that the kernel gave it on going up, and keeps on going down. */
export function takeDown(rtnl: Rtnl): void {
  const { index } = rtnl.getLink(name);
  rtnl.setLink(index, { up: false });
  for (const { address } of rtnl.listAddresses(index))
    if (address === '127.0.0.1/8') rtnl.deleteAddress({ index, address });
}

/** @throws CniError 999 when `lo` is down */
export function verifyUp(rtnl: Rtnl): void {
  if (!rtnl.getLink(name).up)
    throw new CniError(ErrorCode.internal, 'check loopback: loopback interface is down');
}

/** `lo` and its addresses as a result. */
export function describe(rtnl: Rtnl, sandbox: string): Result {
  const { index, mac, mtu } = rtnl.getLink(name);
  return {
    interfaces: [{ name, mac: mac || '00:00:00:00:00:00', mtu, sandbox }],
    ips: rtnl.listAddresses(index).map(({ address }) => ({ interface: 0, address })),
  };
}
