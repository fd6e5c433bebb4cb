/** Results of 0.1.0 and 0.2.0: one address per family, each with its routes, and no interfaces. */
import { CniError, ErrorCode } from './errors';
import type { Dns, IpConfig, Result, ResultRoute } from './result';
import { findCidrFamily } from './result-schema';

export interface LegacyIp {
  ip: string;
  gateway?: string;
  routes?: ResultRoute[];
  [unknownField: string]: unknown;
}

export interface LegacyResult {
  ip4?: LegacyIp;
  ip6?: LegacyIp;
  dns?: Dns;
  [unknownField: string]: unknown;
}

export function fromLegacy({ ip4, ip6, dns, ...unknown }: LegacyResult): Result {
  const sections = [ip4, ip6].filter((section) => section !== undefined);
  const routes = sections.flatMap((section) => section.routes ?? []);
  return {
    ...unknown,
    ...(sections.length > 0 && { ips: sections.map(toIpConfig) }),
    ...(routes.length > 0 && { routes }),
    ...(dns && { dns }),
  };
}

/**
 * Keeps the first address of each family and the routes of the families that have one.
 * @throws CniError 999 without any address: there is no such result in these versions
 */
export function toLegacy({
  interfaces: _interfaces,
  ips = [],
  routes = [],
  dns,
  ...unknown
}: Result): LegacyResult {
  const sections = ([4, 6] as const).flatMap((family) => {
    const first = ips.find((ip) => findCidrFamily(ip.address) === family);
    return first ? [[`ip${family}`, toLegacyIp(first, routesOf(routes, family))]] : [];
  });
  if (sections.length === 0)
    throw new CniError(
      ErrorCode.internal,
      'cannot convert: no valid IP addresses',
      'results before 0.3.0 need one',
    );
  return { ...unknown, ...Object.fromEntries(sections), dns: dns ?? {} };
}

function toIpConfig({ ip, routes: _routes, ...rest }: LegacyIp): IpConfig {
  return { ...rest, address: ip };
}

function toLegacyIp({ address, interface: _interface, ...rest }: IpConfig, routes: ResultRoute[]): LegacyIp {
  return { ip: address, ...rest, ...(routes.length > 0 && { routes }) };
}

/** These versions know destination and gateway only. */
function routesOf(routes: readonly ResultRoute[], family: 4 | 6): ResultRoute[] {
  return routes
    .filter((route) => findCidrFamily(route.dst) === family)
    .map(
      ({ mtu: _mtu, advmss: _advmss, priority: _priority, table: _table, scope: _scope, ...rest }) => rest,
    );
}
