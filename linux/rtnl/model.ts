/**
 * What tsnet asks of the kernel's routing sockets, whoever carries it there: `netlink/` (a socket, the normal way) or
 * `ip-command/` (`ip -json` and `ip -batch`, where FFI cannot load). One contract suite holds both.
 *
 * Verbs: `find` gives undefined when absent, `get` throws, `create`/`add` fail when present, `delete` fails when absent.
 * Every failure is a SyscallError whose `code` is the kernel's errno name.
 */
import type { Netns } from '../netns/netns';

/** A network interface as the kernel reports it. */
export interface Link {
  index: number;
  name: string;
  /** `veth`, `bridge`, `dummy`, `vlan`, `vxlan` …; `loopback` or `device` for those without a kind. */
  kind: string;
  /** Hardware address, lower case, `00:11:22:33:44:55`; empty when the device has none. */
  mac: string;
  mtu: number;
  /** Administrative state (IFF_UP). */
  up: boolean;
  /** Operational state as iproute2 prints it: UP, DOWN, LOWERLAYERDOWN, UNKNOWN … */
  operState: string;
  promisc: boolean;
  /** Index of the bridge or bond that it belongs to; 0 when none. */
  master: number;
  /** Peer's or lower device's index (IFLA_LINK); 0 when none. It may be an index of another namespace. */
  link: number;
  /** `ip link set … alias`; empty when none. */
  alias: string;
  /** Alternative names (`ip link property add … altname`). */
  altNames: string[];
  group: number;
  /** Present for bridges. */
  bridge?: { vlanFiltering: boolean };
  /** Present for interfaces that are ports of a bridge. */
  port?: {
    hairpin: boolean;
    isolated: boolean;
    state: 'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking';
  };
}

interface NewLink {
  name: string;
  /** Bytes; kernel default when absent. */
  mtu?: number;
  mac?: string;
  up?: boolean;
  /** Index of the bridge it becomes a port of. */
  master?: number;
  alias?: string;
  altNames?: readonly string[];
  group?: number;
  /** For a bridge port. */
  hairpin?: boolean;
  isolated?: boolean;
}

/** A veth pair; the peer is born inside `peer.netns`, because moving a device costs an RCU grace period (20 ms). */
export interface NewVeth extends NewLink {
  kind: 'veth';
  peer: { name: string; netns?: Netns; mac?: string; mtu?: number; up?: boolean };
}

export interface NewBridge extends NewLink {
  kind: 'bridge';
  vlanFiltering?: boolean;
}

export interface NewDummy extends NewLink {
  kind: 'dummy';
}

export type NewLinkSpec = NewVeth | NewBridge | NewDummy;

/** What can change on a link; an absent key is left alone. `master: 0` takes it out of its bridge. */
export interface LinkChange {
  up?: boolean;
  mtu?: number;
  mac?: string;
  master?: number;
  alias?: string;
  name?: string;
  promisc?: boolean;
  group?: number;
  /** For a bridge. */
  vlanFiltering?: boolean;
  /** For a bridge port. */
  hairpin?: boolean;
  isolated?: boolean;
}

/** An address of an interface. `address` is CIDR with the host bits kept: `10.1.2.3/24`, `fd00::5/64`. */
export interface Address {
  index: number;
  address: string;
  scope: 'global' | 'site' | 'link' | 'host' | string;
  /** IPv6 only: duplicate address detection not finished, or lost. */
  tentative: boolean;
  dadFailed: boolean;
}

export interface NewAddress {
  index: number;
  address: string;
  /** Default: the IPv4 broadcast address of the subnet, as `ip addr add … brd +`; none for IPv6. */
  broadcast?: boolean;
  /** IPv6: skip duplicate address detection. */
  noDad?: boolean;
}

/** What makes a link of a namespace a working interface. */
export interface LinkConfiguration {
  addresses: readonly Omit<NewAddress, 'index'>[];
  routes: readonly Omit<Route, 'index'>[];
}

/** A route. `dst` is a CIDR; the default routes are `0.0.0.0/0` and `::/0`. Host bits in `dst` are masked on adding. */
export interface Route {
  dst: string;
  gateway?: string;
  /** Outgoing interface. */
  index?: number;
  /** Preferred source address. */
  src?: string;
  /** Bytes. */
  mtu?: number;
  advmss?: number;
  /** Metric. */
  priority?: number;
  /** Default main (254). */
  table?: number;
  /** RT_SCOPE number: 0 global, 253 link, 254 host. Default: global with a gateway, link without. */
  scope?: number;
  /** RTPROT number; 3 (boot) by default, as iproute2. */
  protocol?: number;
  /** The gateway need not be covered by a connected route. */
  onLink?: boolean;
}

export interface Neighbour {
  index: number;
  address: string;
  mac: string;
  state: string;
}

/** VLAN membership of a bridge port. */
export interface BridgeVlan {
  index: number;
  vid: number;
  pvid: boolean;
  untagged: boolean;
}

/** One rtnetlink conversation in one namespace, for as long as it is open. Calls block, for microseconds, but for the one that gives a promise. */
export interface Rtnl extends Disposable {
  listLinks(): Link[];
  findLink(name: string): Link | undefined;
  findLinkByIndex(index: number): Link | undefined;
  /** The first port of a bridge (or bond) that `matches`: looks at no more of them than it must. */
  findPort(master: number, matches: (link: Link) => boolean): Link | undefined;
  /** @throws SyscallError ENODEV */
  getLink(name: string): Link;
  /** @throws SyscallError EEXIST when the name (or the peer's name in its namespace) or an alternative name is taken */
  createLink(spec: NewLinkSpec): Link;
  /** @throws SyscallError ENODEV; EEXIST for a taken name; EBUSY when an older kernel (before 6.2) renames what is up */
  setLink(index: number, change: LinkChange): void;
  /**
   * Deletes a link by its index, its name or an alternative name.
   *
   * The one call that takes long, 2 to 20 ms: it does not block, and deletions that come together share the wait.
   * @returns once the link is gone; the conversation may end before
   * @throws SyscallError ENODEV, EOPNOTSUPP for a link that cannot be deleted
   */
  deleteLink(link: number | string): Promise<void>;
  /**
   * Adds the addresses, sets the link up and adds the routes through it, at once.
   * @throws SyscallError the first failure; what else could be done is done: the link is to be deleted then
   */
  configureLink(index: number, configuration: LinkConfiguration): void;
  /** @throws SyscallError EEXIST when a link of the namespace has that name */
  addAltName(index: number, altName: string): void;
  /** @throws SyscallError ENOENT when the link has no such name */
  deleteAltName(index: number, altName: string): void;

  listAddresses(index?: number): Address[];
  /** @throws SyscallError EEXIST, ENODEV */
  addAddress(address: NewAddress): void;
  /** @throws SyscallError EADDRNOTAVAIL when the link has no such address, ENODEV */
  deleteAddress(address: Pick<Address, 'index' | 'address'>): void;

  /** Routes of the main table, or of `table`; neither local nor broadcast ones. */
  listRoutes(filter?: { table?: number; index?: number }): Route[];
  /** @throws SyscallError EEXIST; ENETUNREACH (IPv4) or EHOSTUNREACH (IPv6) when nothing covers the gateway; ENETDOWN */
  addRoute(route: Route): void;
  /** Keys that are left out match anything. @throws SyscallError ESRCH when there is no such route */
  deleteRoute(route: Route): void;

  listNeighbours(index?: number): Neighbour[];
  /** Adds a permanent entry. @throws SyscallError EEXIST, ENODEV */
  addNeighbour(neighbour: Pick<Neighbour, 'index' | 'address' | 'mac'>): void;
  /** @throws SyscallError ENOENT, ENODEV */
  deleteNeighbour(neighbour: Pick<Neighbour, 'index' | 'address'>): void;

  listBridgeVlans(index?: number): BridgeVlan[];
  /** @throws SyscallError EOPNOTSUPP when the link is not in a bridge or the kernel does not filter by VLAN, ENODEV */
  addBridgeVlan(vlan: {
    index: number;
    vid: number;
    vidEnd?: number;
    pvid?: boolean;
    untagged?: boolean;
  }): void;
  deleteBridgeVlan(vlan: { index: number; vid: number; vidEnd?: number }): void;
}
