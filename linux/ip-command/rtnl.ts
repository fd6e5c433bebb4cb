/** {@link Rtnl} by the commands `ip` and `bridge` of iproute2: for hosts where FFI cannot load, and as oracle in tests. */

import { isPossibleLinkName } from '../address/link-name';
import { hasCode } from '../errors';
import type { Netns } from '../netns/netns';
import { netnsPathForChildren } from '../netns/path';
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
import {
  addressOperation,
  neighbourOperation,
  noSuchLink,
  noVlanFiltering,
  routeOperation,
  setLinkOperation,
  vlanOperation,
} from '../rtnl/operation';
import { requireVlanRange, type VlanRange } from '../rtnl/vlan-range';
import {
  type AddressJson,
  type BridgeVlanJson,
  type NeighbourJson,
  parseAddresses,
  parseBridgeVlans,
  parseNeighbours,
  parseRoute,
  type RouteJson,
} from './addressing-json';
import { type LinkJson, parseLinks } from './link-json';
import { CommandNamespace, parseList } from './namespace';
import {
  altNameCommand,
  type CommandLine,
  createLinkCommands,
  deleteLinkCommand,
  type Naming,
  setLinkCommands,
} from './render';
import {
  addAddressCommand,
  addNeighbourCommand,
  addRouteCommand,
  bridgeVlanCommand,
  deleteAddressCommand,
  deleteNeighbourCommand,
  deleteRouteCommand,
} from './render-addressing';

const listLinksCommand: CommandLine = ['ip', '-json', '-N', '-details', 'link', 'show'];
const RT_TABLE_MAIN = 254;
const RTN_UNICAST = '1';

export class IpCommandRtnl implements Rtnl {
  readonly #namespace: CommandNamespace;

  private constructor(namespace: CommandNamespace) {
    this.#namespace = namespace;
  }

  /** Works in `netns`, or in the namespace where the calling thread is now. */
  static open(netns?: Netns): IpCommandRtnl {
    return new IpCommandRtnl(new CommandNamespace(netns));
  }

  listLinks(): Link[] {
    return parseLinks(this.#namespace.list<LinkJson>('list links', listLinksCommand));
  }

  findLink(name: string): Link | undefined {
    if (!isPossibleLinkName(name)) return undefined;
    return this.listLinks().find((link) => link.name === name || link.altNames.includes(name));
  }

  findLinkByIndex(index: number): Link | undefined {
    return this.listLinks().find((link) => link.index === index);
  }

  findPort(master: number, matches: (link: Link) => boolean): Link | undefined {
    return this.listLinks().find((link) => link.master === master && matches(link));
  }

  getLink(name: string): Link {
    const link = this.findLink(name);
    if (!link) throw noSuchLink(`get link ${JSON.stringify(name)}`);
    return link;
  }

  createLink(spec: NewLinkSpec): Link {
    const operation = `create link "${spec.name}"`;
    const commands = [...createLinkCommands(spec, this.#naming(operation)), listLinksCommand];
    const undo = deleteLinkCommand(spec.name);
    const links = parseLinks(parseList(this.#namespace.runAll(operation, commands, undo)));
    const created = links.find(({ name }) => name === spec.name);
    if (!created) throw noSuchLink(operation);
    if (spec.kind === 'bridge' && spec.vlanFiltering && !created.bridge?.vlanFiltering) {
      this.#namespace.run(operation, undo);
      throw noVlanFiltering(spec.name);
    }
    return created;
  }

  setLink(index: number, change: LinkChange): void {
    const operation = setLinkOperation(index, change);
    const name = this.#name(operation, index);
    this.#namespace.runAll(operation, setLinkCommands(name, change, this.#naming(operation)));
    if (change.vlanFiltering && !this.findLinkByIndex(index)?.bridge?.vlanFiltering)
      throw noVlanFiltering(name);
  }

  async deleteLink(link: number | string): Promise<void> {
    const operation = `delete link ${JSON.stringify(link)}`;
    const name = typeof link === 'number' ? this.#name(operation, link) : link;
    if (!isPossibleLinkName(name)) throw noSuchLink(operation);
    await this.#namespace.runAside(operation, deleteLinkCommand(name));
  }

  configureLink(index: number, { addresses, routes }: LinkConfiguration): void {
    const up = { up: true };
    const operation = setLinkOperation(index, up);
    const name = this.#name(operation, index);
    for (const address of addresses)
      this.#namespace.run(addressOperation('add', { ...address, index }), addAddressCommand(address, name));
    this.#namespace.runAll(operation, setLinkCommands(name, up, this.#naming(operation)));
    for (const route of routes)
      this.#namespace.run(routeOperation('add', { ...route, index }), addRouteCommand(route, name));
  }

  addAltName(index: number, altName: string): void {
    const operation = `add alternative name "${altName}" to link ${index}`;
    this.#change(operation, index, (name) => altNameCommand('add', name, altName));
  }

  deleteAltName(index: number, altName: string): void {
    const operation = `delete alternative name "${altName}" from link ${index}`;
    this.#change(operation, index, (name) => altNameCommand('delete', name, altName));
  }

  listAddresses(index?: number): Address[] {
    const command: CommandLine = ['ip', '-json', '-N', '-details', 'address', 'show'];
    const addresses = parseAddresses(this.#namespace.list<AddressJson>('list addresses', command));
    return addresses.filter((address) => index === undefined || address.index === index);
  }

  addAddress(address: NewAddress): void {
    const operation = addressOperation('add', address);
    this.#change(operation, address.index, (name) => addAddressCommand(address, name));
  }

  deleteAddress(address: Pick<Address, 'index' | 'address'>): void {
    const operation = addressOperation('delete', address);
    this.#change(operation, address.index, (name) => deleteAddressCommand(address, name));
  }

  listRoutes({ table = RT_TABLE_MAIN, index }: { table?: number; index?: number } = {}): Route[] {
    const indexes = this.#indexes();
    const inet = this.#routesOf('-4', table).map((json) => parseRoute(json, { size: 4, table, indexes }));
    const inet6 = this.#routesOf('-6', table).map((json) => parseRoute(json, { size: 16, table, indexes }));
    return [...inet, ...inet6].filter((route) => index === undefined || route.index === index);
  }

  #routesOf(family: '-4' | '-6', table: number): RouteJson[] {
    const command: CommandLine = [
      'ip',
      family,
      '-json',
      '-N',
      '-details',
      'route',
      'show',
      'table',
      String(table),
    ];
    try {
      const routes = this.#namespace.list<RouteJson>(`list routes of table ${table}`, command);
      return routes.filter(({ type }) => type === RTN_UNICAST);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  addRoute(route: Route): void {
    const operation = routeOperation('add', route);
    this.#namespace.run(operation, addRouteCommand(route, this.#outgoing(operation, route)));
  }

  deleteRoute(route: Route): void {
    const operation = routeOperation('delete', route);
    this.#namespace.run(operation, deleteRouteCommand(route, this.#outgoing(operation, route)));
  }

  listNeighbours(index?: number): Neighbour[] {
    const command: CommandLine = ['ip', '-json', 'neighbour', 'show'];
    const json = this.#namespace.list<NeighbourJson>('list neighbours', command);
    const neighbours = parseNeighbours(json, this.#indexes());
    return neighbours.filter((neighbour) => index === undefined || neighbour.index === index);
  }

  addNeighbour(neighbour: Pick<Neighbour, 'index' | 'address' | 'mac'>): void {
    const operation = neighbourOperation('add', neighbour);
    this.#change(operation, neighbour.index, (name) => addNeighbourCommand(neighbour, name));
  }

  deleteNeighbour(neighbour: Pick<Neighbour, 'index' | 'address'>): void {
    const operation = neighbourOperation('delete', neighbour);
    this.#change(operation, neighbour.index, (name) => deleteNeighbourCommand(neighbour, name));
  }

  listBridgeVlans(index?: number): BridgeVlan[] {
    const json = this.#namespace.list<BridgeVlanJson>('list bridge vlans', [
      'bridge',
      '-json',
      'vlan',
      'show',
    ]);
    const indexes = this.#indexes();
    const vlans = json.flatMap((member) => parseBridgeVlans(member, indexes));
    return vlans.filter((vlan) => index === undefined || vlan.index === index);
  }

  addBridgeVlan(vlan: VlanRange): void {
    this.#changeVlan('add', vlan);
  }

  deleteBridgeVlan(vlan: VlanRange): void {
    this.#changeVlan('delete', vlan);
  }

  #changeVlan(verb: 'add' | 'delete', vlan: VlanRange): void {
    const operation = vlanOperation(verb, vlan);
    requireVlanRange(operation, vlan);
    const link = this.findLinkByIndex(vlan.index);
    if (!link) throw noSuchLink(operation);
    const member = { name: link.name, isBridge: link.kind === 'bridge' };
    this.#namespace.run(operation, bridgeVlanCommand(verb, vlan, member));
  }

  /** Runs one command about the link with `index`. */
  #change(operation: string, index: number, render: (name: string) => CommandLine): void {
    this.#namespace.run(operation, render(this.#name(operation, index)));
  }

  #outgoing(operation: string, { index }: Route): string | undefined {
    return index === undefined ? undefined : this.#name(operation, index);
  }

  #name(operation: string, index: number): string {
    const link = this.findLinkByIndex(index);
    if (!link) throw noSuchLink(operation);
    return link.name;
  }

  #naming(operation: string): Naming {
    return { linkName: (index) => this.#name(operation, index), netnsPath: netnsPathForChildren };
  }

  #indexes(): Map<string, number> {
    return new Map(this.listLinks().map(({ name, index }) => [name, index]));
  }

  [Symbol.dispose](): void {
    this.#namespace[Symbol.dispose]();
  }
}
