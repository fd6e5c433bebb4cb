import type { IpConfig, Result } from '../../cni/result';
import type { Address, Link, Rtnl } from '../../linux/rtnl/model';

/** Addresses that somebody configured: the kernel makes link-local ones itself. */
function listConfigured(addresses: readonly Address[]): Address[] {
  return addresses.filter(({ scope }) => scope !== 'link');
}

/**
 * Whether an interface is the host's own. The host end of a container's veth is not: it would vanish with that container.
 * A veth that has an address is somebody's uplink.
 */
function isHostsOwn(link: Link, addresses: readonly Address[]): boolean {
  return link.kind !== 'veth' || addresses.some(({ index }) => index === link.index);
}

/** Loopback addresses come last: converted to versions that know one address per family, a result keeps the first. */
function loopbackLast(one: IpConfig, other: IpConfig): number {
  return Number(isLoopback(one)) - Number(isLoopback(other));
}

function isLoopback({ address }: IpConfig): boolean {
  return address.startsWith('127.') || address.startsWith('::1/');
}

/** The interfaces of one namespace and their addresses, as a result. */
export function describeInterfaces(rtnl: Rtnl, sandbox: string): Result {
  const addresses = listConfigured(rtnl.listAddresses());
  const links = rtnl.listLinks().filter((link) => isHostsOwn(link, addresses));
  const position = new Map(links.map(({ index }, at) => [index, at]));
  return {
    interfaces: links.map(({ name, mac, mtu }) => ({ name, mac, mtu, sandbox })),
    ips: addresses
      .filter(({ index }) => position.has(index))
      .map(({ index, address }) => ({ interface: position.get(index)!, address }))
      .sort(loopbackLast),
  };
}
