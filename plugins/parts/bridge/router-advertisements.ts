import { hasCode } from '../../../linux/errors';
import { writeSysctl } from '../../../linux/sysctl/sysctl';

/**
 * Interfaces of the host that face containers take no IPv6 router advertisements: a container could otherwise become the
 * host's default gateway. Where IPv6 is off there is no such setting; where settings are read-only, they are somebody
 * else's to make.
 */
export function refuseRouterAdvertisements(name: string): void {
  try {
    // Fresh interfaces take them: to look first would cost more than it saves
    writeSysctl(['net', 'ipv6', 'conf', name, 'accept_ra'], '0');
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EROFS', 'EACCES')) throw error;
  }
}
