/** One attachment's veth: `ifName` in the container, its other end a port of the bridge. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CniError, ErrorCode } from '../../../cni/errors';
import { hasCode } from '../../../linux/errors';
import type { Netns } from '../../../linux/netns/netns';
import type { Link, Rtnl } from '../../../linux/rtnl/model';
import { type AttachmentKey, hostVethAltName, hostVethName, isPortOf, portAlias } from '../ownership';

export interface BridgePortSpec {
  attachment: AttachmentKey;
  netns: Netns;
  /** The bridge's interface index. */
  master: number;
  /** Bytes; 0: kernel default. */
  mtu: number;
  /** For the container's end; random when absent. */
  mac: string | undefined;
  hairpin: boolean;
  isolated: boolean;
}

/**
 * Makes the pair, the container's end born inside its namespace and still down.
 * @throws CniError when the container has an interface of that name already
 */
export function create(host: Rtnl, spec: BridgePortSpec): Link {
  const name = hostVethName(spec.attachment);
  const { ifName } = spec.attachment;
  const mtu = spec.mtu ? { mtu: spec.mtu } : {};
  try {
    return host.createLink({
      kind: 'veth',
      name,
      up: true,
      master: spec.master,
      alias: portAlias(spec.attachment),
      altNames: [hostVethAltName(spec.attachment)],
      ...mtu,
      ...(spec.hairpin && { hairpin: true }),
      ...(spec.isolated && { isolated: true }),
      peer: { name: ifName, netns: spec.netns, ...mtu, ...(spec.mac ? { mac: spec.mac } : {}) },
    });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw taken(ifName, name);
    throw error;
  }
}

/**
 * The interface name is free in the container.
 * @throws CniError otherwise, before anything is made
 */
export function requireFree(container: Rtnl, attachment: AttachmentKey): void {
  if (container.findLink(attachment.ifName)) throw taken(attachment.ifName, hostVethName(attachment));
}

/** The error for an interface that is there already. */
function taken(ifName: string, hostName: string): CniError {
  return new CniError(
    ErrorCode.internal,
    `container veth name ("${ifName}") peer provided ("${hostName}") already exists`,
  );
}

/** In the words of the reference plugin. */
function notOnBridge(name: string, bridge = ''): Error {
  return new Error(`CNI veth created for bridge ${bridge} was not found: "${name}" is not a port of it`);
}

/**
 * Deletes the pair by its host end, so that neither namespace nor memory is needed, nor a list of all links. One that
 * somebody renamed is known by its alternative name. Absent is fine.
 */
export async function remove(host: Rtnl, attachment: AttachmentKey): Promise<void> {
  const names = [hostVethName(attachment), hostVethAltName(attachment)];
  for (const name of names) if (await removeLink(host, name)) return;
}

/** @returns whether it was there */
export async function removeLink(host: Rtnl, link: number | string): Promise<boolean> {
  try {
    await host.deleteLink(link);
    return true;
  } catch (error) {
    // The kernel deletes it by itself when the container's namespace ends; before 5.5 it knows no alternative names
    if (!hasCode(error, 'ENODEV', 'EINVAL')) throw error;
    return false;
  }
}

const upDeadline = 2000;

/** Milliseconds between looks: the kernel takes up to one to raise a link whose carrier came, 100 where it is busy. */
const pauses = [0, 0, 1, 1, 2, 5];
const longestPause = 10;

type LinkEnd = Pick<Link, 'index' | 'name'>;

/**
 * Waits, at most 2 s, until the links carry packets: the first ones would be lost otherwise.
 * @returns the links as they are then
 * @throws CniError when one does not come up
 */
export function awaitUp(...ends: [Rtnl, LinkEnd][]): Promise<Link[]> {
  const deadline = Date.now() + upDeadline;
  return Promise.all(ends.map(([rtnl, link]) => awaitEnd(rtnl, link, deadline)));
}

async function awaitEnd(rtnl: Rtnl, { index, name }: LinkEnd, deadline: number): Promise<Link> {
  for (let look = 0; ; look += 1) {
    const link = rtnl.findLinkByIndex(index);
    if (link?.operState === 'UP') return link;
    if (!link || Date.now() > deadline) {
      const state = link?.operState.toLowerCase() ?? 'gone';
      throw new CniError(ErrorCode.internal, `bridge port in error state: ${state} ("${name}")`);
    }
    await sleep(pauses[look] ?? longestPause);
  }
}

/** Whether the network has an attachment at all. It usually shows at the first port of its bridge that is looked at. */
export function exists(host: Rtnl, network: string, bridge: string): boolean {
  const isPort = (link: Link) => link.kind === 'veth' && isPortOf(network, link);
  const master = host.findLink(bridge);
  // Somebody may have taken them out of the bridge
  return (master && host.findPort(master.index, isPort) !== undefined) || host.listLinks().some(isPort);
}

/** Host ends of every attachment of a network. */
export function list(host: Rtnl, network: string): Link[] {
  return host.listLinks().filter((link) => link.kind === 'veth' && isPortOf(network, link));
}

/**
 * Follows the container's interface to its bridge port and compares both with the specification.
 * @param mac what the ADD result lists for the container's end; a later plugin may have changed it there
 */
export function verify(host: Rtnl, container: Rtnl, spec: Omit<BridgePortSpec, 'mtu' | 'netns'>): Link {
  const { ifName } = spec.attachment;
  const inside = container.getLink(ifName);
  if (inside.kind !== 'veth')
    throw new Error(`verify interface "${ifName}": it is of kind "${inside.kind}", expected "veth"`);
  if (spec.mac && inside.mac !== spec.mac)
    throw new Error(`verify interface "${ifName}": mac is "${inside.mac}", expected "${spec.mac}"`);
  const port = host.findLinkByIndex(inside.link);
  if (port?.kind !== 'veth') throw new Error(`verify interface "${ifName}": its host end is missing`);
  if (port.master !== spec.master) throw notOnBridge(port.name, host.findLinkByIndex(spec.master)?.name);
  if (!port.up) throw new Error(`verify interface "${port.name}": it is down`);
  if (spec.hairpin && !port.port?.hairpin)
    throw new Error(`verify bridge port "${port.name}": hairpin mode is off`);
  if (spec.isolated && !port.port?.isolated)
    throw new Error(`verify bridge port "${port.name}": isolation is off`);
  return port;
}
