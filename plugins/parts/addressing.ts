/** Addresses, routes and the sysctls around them for one interface of a container, from an IPAM result. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IpConfig, Result, ResultRoute } from '../../cni/result';
import { canonicalCidr, type Family, familyOf, firstHostOf, networkOf } from '../../linux/address/cidr';
import type { Netns } from '../../linux/netns/netns';
import type { Route, Rtnl } from '../../linux/rtnl/model';
import { ensureSysctlsIn, type Setting } from '../../linux/sysctl/sysctl';

export interface AddressPlan {
  /** As the IPAM plugin gave them, with the gateway filled in where `needsGateway` asks for one. */
  ips: IpConfig[];
  /** Routes as they appear in the result. */
  resultRoutes: ResultRoute[];
  /** Routes for the kernel, without the outgoing interface. */
  routes: Route[];
  families: Family[];
}

export interface AddressingOptions {
  /** Every address gets a gateway: the subnet's first address when IPAM names none. */
  needsGateway?: boolean;
  /** A default route by each family's gateway, unless IPAM already gives one. */
  defaultRoute?: boolean;
}

const defaultDst = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;
const RT_SCOPE_LINK = 253;

/** What an interface shall have. Pure. @throws Error when an address or route is not in CIDR form */
export function plan(lease: Result, options: AddressingOptions = {}): AddressPlan {
  const ips = (lease.ips ?? []).map((ip) =>
    options.needsGateway && !ip.gateway ? { ...ip, gateway: firstHostOf(ip.address) } : ip,
  );
  const gateways = new Map<Family, string>();
  for (const { gateway } of ips)
    if (gateway && !gateways.has(familyOf(gateway))) gateways.set(familyOf(gateway), gateway);
  const resultRoutes = [
    ...(lease.routes ?? []),
    ...(options.defaultRoute ? missingDefaults(lease.routes ?? [], gateways) : []),
  ];
  return {
    ips,
    resultRoutes,
    routes: uniqueRoutes(resultRoutes.map((route) => kernelRoute(route, gateways))),
    families: [...new Set(ips.map((ip) => familyOf(ip.address)))],
  };
}

function missingDefaults(routes: ResultRoute[], gateways: Map<Family, string>): ResultRoute[] {
  return [...gateways]
    .filter(([family]) => !routes.some((route) => networkOf(route.dst) === defaultDst[family]))
    .map(([family, gw]) => ({ dst: defaultDst[family], gw }));
}

/** A route without gateway goes by its family's gateway, except one of link scope, which has none. */
function kernelRoute(route: ResultRoute, gateways: Map<Family, string>): Route {
  const gateway = route.gw ?? (route.scope === RT_SCOPE_LINK ? undefined : gateways.get(familyOf(route.dst)));
  const { mtu, advmss, priority, table, scope } = route;
  const attributes = Object.entries({ gateway, mtu, advmss, priority, table, scope }).filter(
    ([, value]) => value !== undefined,
  );
  return { dst: networkOf(route.dst), ...Object.fromEntries(attributes) };
}

function uniqueRoutes(routes: Route[]): Route[] {
  const seen = new Map(routes.map((route) => [JSON.stringify(Object.entries(route).sort()), route]));
  return [...seen.values()];
}

export interface InterfaceTarget {
  netns: Netns;
  rtnl: Rtnl;
  /** The interface inside the namespace; it is set up by {@link ensure}. */
  ifName: string;
  index: number;
}

/**
 * Configures the interface, brings it up and adds the routes.
 * @param detectDuplicates IPv6 duplicate address detection, which delays the address by a second (bridge's `enabledad`)
 */
export async function ensure(
  { netns, rtnl, ifName, index }: InterfaceTarget,
  plan: AddressPlan,
  detectDuplicates = false,
): Promise<void> {
  ensureSysctlsIn(netns, [
    ...planRefinements(ifName, plan.families),
    ...planSysctls(ifName, plan.families, detectDuplicates),
  ]);
  const addresses = plan.ips.map(({ address }) => ({ address, noDad: !detectDuplicates }));
  if (!detectDuplicates || !plan.families.includes('ipv6'))
    return rtnl.configureLink(index, { addresses, routes: plan.routes });
  rtnl.configureLink(index, { addresses, routes: [] });
  await awaitAddresses(rtnl, index);
  for (const route of plan.routes) rtnl.addRoute({ ...route, index });
}

function setting(family: Family, link: string, [key, value]: [string, number]): Setting {
  return { name: ['net', family, 'conf', link, key], value };
}

/** On an interface that has just been made. */
function refinement(family: Family, link: string, change: [string, number]): Setting {
  return { ...setting(family, link, change), optional: true };
}

/**
 * What makes neighbours notice sooner, and addresses usable at once: the addresses work without, as where /proc/sys is
 * read-only, for an engine inside a container.
 */
function planRefinements(ifName: string, families: Family[]): Setting[] {
  return [
    ...(families.length > 0 ? [refinement('ipv4', ifName, ['arp_notify', 1])] : []),
    ...(families.includes('ipv6')
      ? [refinement('ipv6', ifName, ['keep_addr_on_down', 1]), refinement('ipv6', ifName, ['accept_dad', 0])]
      : []),
  ];
}

function planSysctls(ifName: string, families: Family[], detectDuplicates: boolean): Setting[] {
  if (!families.includes('ipv6')) return [];
  return [
    ...['lo', ifName].map((link) => setting('ipv6', link, ['disable_ipv6', 0])),
    ...(detectDuplicates
      ? [setting('ipv6', ifName, ['accept_dad', 1]), setting('ipv6', ifName, ['enhanced_dad', 1])]
      : []),
  ];
}

const detectionDeadline = 5000;
const detectionPause = 20;

/** Waits, at most 5 s, until duplicate address detection has ended. @throws Error when an address is a duplicate */
async function awaitAddresses(rtnl: Rtnl, index: number): Promise<void> {
  for (const deadline = Date.now() + detectionDeadline; Date.now() < deadline; await sleep(detectionPause)) {
    const addresses = rtnl.listAddresses(index);
    const duplicate = addresses.find(({ dadFailed }) => dadFailed);
    if (duplicate) throw new Error(`add address "${duplicate.address}": another host on the link has it`);
    if (!addresses.some(({ tentative }) => tentative)) return;
  }
}

/** Throws on the first address or route of the result that the interface lacks; more than it lists is fine. */
export function verify({ rtnl, ifName }: Pick<InterfaceTarget, 'rtnl' | 'ifName'>, plan: AddressPlan): void {
  const { index } = rtnl.getLink(ifName);
  const present = rtnl.listAddresses(index).map(({ address }) => address);
  const connected = rtnl.listRoutes({ index });
  for (const { address } of plan.ips) {
    if (!present.some((other) => canonicalCidr(other) === canonicalCidr(address)))
      throw new Error(`Failed to match addr ${address} on interface ${ifName}`);
    const prefix = networkOf(address);
    const host = prefix.endsWith('/32') || prefix.endsWith('/128');
    if (!host && !connected.some(({ dst, gateway }) => dst === prefix && !gateway)) {
      throw new Error(
        `verify route "${prefix}": connected route of "${address}" is missing on interface "${ifName}"`,
      );
    }
  }
  for (const route of plan.routes) verifyRoute(rtnl, route, index);
}

function verifyRoute(rtnl: Rtnl, wanted: Route, index: number): void {
  const routes = rtnl.listRoutes(wanted.table === undefined ? { index } : { index, table: wanted.table });
  const found = routes.some(
    (route) =>
      route.dst === wanted.dst &&
      route.gateway === wanted.gateway &&
      (wanted.priority === undefined || route.priority === wanted.priority),
  );
  if (!found)
    throw new Error(
      `verify route "${wanted.dst}": not found${wanted.gateway ? ` via "${wanted.gateway}"` : ''}`,
    );
}
