/**
 * `route_localnet`: lets the host's own connections to 127.0.0.1 be sent on to a container (ip-sysctl, IPv4 only; for ::1
 * the kernel has no such switch).
 */
import { contains, hostCidr, hostOf } from '../../linux/cidr';
import type { Route, Rtnl } from '../../linux/rtnl';

function prefixLength({ dst }: Route): number {
  return Number(dst.split('/')[1]);
}

/** The most specific route that covers an address. */
export function findRoute(routes: readonly Route[], address: string): Route | undefined {
  return routes
    .filter(({ dst }) => contains(dst, hostCidr(address)))
    .reduce<Route | undefined>(
      (best, route) => (best === undefined || prefixLength(route) > prefixLength(best) ? route : best),
      undefined,
    );
}

/** The host's interface towards a container. @param target CIDR of the container */
export function findInterface(host: Rtnl, target: string): string | undefined {
  const index = findRoute(host.listRoutes(), hostOf(target))?.index;
  return index === undefined ? undefined : host.findLinkByIndex(index)?.name;
}
