/** {@link Rtnl} on a netlink socket: the normal way. */
import type {
  Address,
  BridgeVlan,
  Link,
  LinkChange,
  LinkConfiguration,
  Neighbour,
  NewAddress,
  NewLinkSpec,
  Route,
  Rtnl,
} from '../rtnl/model';
import { noSuchLink } from '../rtnl/operation';
import type { VlanRange } from '../rtnl/vlan-range';
import { addAddress, deleteAddress, listAddresses } from './address';
import { addAltName, deleteAltName } from './alt-name';
import { addBridgeVlan, deleteBridgeVlan, listBridgeVlans } from './bridge-vlan';
import { findLink, findLinkByIndex, findPort, listLinks } from './link';
import { setLink } from './link-change';
import { configureLink } from './link-configuration';
import { createLink } from './link-creation';
import { reapLink } from './link-reaper';
import { addNeighbour, deleteNeighbour, listNeighbours } from './neighbour';
import { addRoute, deleteRoute, listRoutes } from './route';
import { NetlinkSocket } from './socket';

export class NetlinkRtnl implements Rtnl {
  readonly #socket: NetlinkSocket;

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /** Opens in the namespace of the calling thread and stays there. @throws SyscallError */
  static open(): NetlinkRtnl {
    return new NetlinkRtnl(NetlinkSocket.open());
  }

  listLinks(): Link[] {
    return listLinks(this.#socket);
  }

  findLink(name: string): Link | undefined {
    return findLink(this.#socket, name);
  }

  findLinkByIndex(index: number): Link | undefined {
    return findLinkByIndex(this.#socket, index);
  }

  findPort(master: number, matches: (link: Link) => boolean): Link | undefined {
    return findPort(this.#socket, master, matches);
  }

  getLink(name: string): Link {
    const link = this.findLink(name);
    if (!link) throw noSuchLink(`get link ${JSON.stringify(name)}`);
    return link;
  }

  createLink(spec: NewLinkSpec): Link {
    return createLink(this.#socket, spec);
  }

  setLink(index: number, change: LinkChange): void {
    setLink(this.#socket, index, change);
  }

  deleteLink(link: number | string): Promise<void> {
    return reapLink(this.#socket, link);
  }

  configureLink(index: number, configuration: LinkConfiguration): void {
    configureLink(this.#socket, index, configuration);
  }

  addAltName(index: number, altName: string): void {
    addAltName(this.#socket, index, altName);
  }

  deleteAltName(index: number, altName: string): void {
    deleteAltName(this.#socket, index, altName);
  }

  listAddresses(index?: number): Address[] {
    return listAddresses(this.#socket, index);
  }

  addAddress(address: NewAddress): void {
    addAddress(this.#socket, address);
  }

  deleteAddress(address: Pick<Address, 'index' | 'address'>): void {
    deleteAddress(this.#socket, address);
  }

  listRoutes(filter?: { table?: number; index?: number }): Route[] {
    return listRoutes(this.#socket, filter);
  }

  addRoute(route: Route): void {
    addRoute(this.#socket, route);
  }

  deleteRoute(route: Route): void {
    deleteRoute(this.#socket, route);
  }

  listNeighbours(index?: number): Neighbour[] {
    return listNeighbours(this.#socket, index);
  }

  addNeighbour(neighbour: Pick<Neighbour, 'index' | 'address' | 'mac'>): void {
    addNeighbour(this.#socket, neighbour);
  }

  deleteNeighbour(neighbour: Pick<Neighbour, 'index' | 'address'>): void {
    deleteNeighbour(this.#socket, neighbour);
  }

  listBridgeVlans(index?: number): BridgeVlan[] {
    return listBridgeVlans(this.#socket, index);
  }

  addBridgeVlan(vlan: VlanRange): void {
    addBridgeVlan(this.#socket, vlan);
  }

  deleteBridgeVlan(vlan: VlanRange): void {
    deleteBridgeVlan(this.#socket, vlan);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
