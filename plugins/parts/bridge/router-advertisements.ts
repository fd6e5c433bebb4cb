import { ensureSysctl, findSysctl } from '../../../linux/sysctl/sysctl';
import { whereWritable } from '../read-only-settings';

/**
 * Interfaces of the host that face containers take no IPv6 router advertisements: a container could otherwise become the
 * host's default gateway. Without IPv6 in the kernel there is nothing to do.
 */
export function refuseRouterAdvertisements(name: string): void {
  const acceptRa = ['net', 'ipv6', 'conf', name, 'accept_ra'] as const;
  if (findSysctl(acceptRa) !== undefined) whereWritable(() => void ensureSysctl(acceptRa, '0'));
}
