import type { ResultRoute } from '../../cni/result';
import { cidrText, ipText, parseCidr, parseIp } from './ip';

/** Routes as results carry them: addresses in canonical text, host bits of `dst` kept. The schema has checked them. */
export function canonicalRoutes(routes: readonly ResultRoute[]): ResultRoute[] {
  return routes.map((route) => ({
    ...route,
    dst: cidrText(parseCidr(route.dst)!),
    ...(route.gw !== undefined && { gw: ipText(parseIp(route.gw)!) }),
  }));
}
