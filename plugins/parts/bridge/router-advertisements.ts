import { hasCode } from '../../../linux/errors';
import { ensureSysctl, findSysctl } from '../../../linux/sysctl/sysctl';

/**
 * Interfaces of the host that face containers take no IPv6 router advertisements: a container could otherwise become the
 * host's default gateway. Without IPv6 in the kernel there is nothing to do; where the settings are read-only, as they are
 * for an engine inside a container, they are somebody else's to make.
 */
export function refuseRouterAdvertisements(name: string): void {
  const acceptRa = ['net', 'ipv6', 'conf', name, 'accept_ra'] as const;
  if (findSysctl(acceptRa) === undefined) return;
  try {
    ensureSysctl(acceptRa, '0');
  } catch (error) {
    if (!hasCode(error, 'EROFS')) throw error;
  }
}
