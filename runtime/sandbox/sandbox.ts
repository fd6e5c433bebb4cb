/**
 * The sandbox of a container: its network namespace, pinned by a file, and what is attached to it. It lives from
 * `create` to `rm`: processes come and go, and containers that joined it stay connected when its owner is restarted.
 */
import { join } from 'node:path';
import { createNetns, Netns, removeNetns } from '../../linux/netns/netns';
import type { ContainerRecord } from '../store/container-record';
import { containerFolder, getRecord } from '../store/container-store';
import { writeSandboxFiles } from './files';
import { bringLoopbackUp } from './loopback';
import type { ContainerNetworks, NetworkAttachment } from './network';

const netnsFolder = '/run/tsnet/netns';

function netnsPath(id: string): string {
  return join(netnsFolder, id);
}

/** The container whose sandbox this one lives in: itself, or the one that it joined. */
export function sandboxOwner(record: ContainerRecord): ContainerRecord {
  const seen = new Set<string>();
  let owner = record;
  while (owner.network.kind === 'container') {
    if (seen.has(owner.id)) throw new Error(`find sandbox of container "${record.name}": it joins itself`);
    seen.add(owner.id);
    owner = getRecord(owner.network.id);
  }
  return owner;
}

/** Path of the namespace that the container's processes belong in; undefined: the host's. */
export function sandboxNetns(record: ContainerRecord): string | undefined {
  const owner = sandboxOwner(record);
  return owner.network.kind === 'host' ? undefined : netnsPath(owner.id);
}

/** Folder of the sandbox's hosts, hostname and resolv.conf. */
export function sandboxFolder(record: ContainerRecord): string {
  return containerFolder(sandboxOwner(record).id);
}

function attachment(record: ContainerRecord): NetworkAttachment | undefined {
  const { network, id, ports } = record;
  if (network.kind !== 'conflist') return undefined;
  return { network: network.name, containerId: id, netns: netnsPath(id), ports };
}

/** Whether the namespace is there: after a reboot it is not. */
function isPinned(path: string): boolean {
  try {
    Netns.open(path).close();
    return true;
  } catch {
    return false;
  }
}

function createPinned(path: string): void {
  removeNetns(path);
  using netns = createNetns(path);
  bringLoopbackUp(netns);
}

/** Makes what is missing of the container's own sandbox. Gives the addresses that its network has. */
export async function ensureSandbox(record: ContainerRecord, networks: ContainerNetworks): Promise<string[]> {
  const { network, id, hostname } = record;
  if (network.kind === 'container') return requireJoined(record);
  let { addresses } = record;
  if (network.kind !== 'host' && !isPinned(netnsPath(id))) {
    createPinned(netnsPath(id));
    addresses = await connect(record, networks);
  }
  writeSandboxFiles(containerFolder(id), { hostname, addresses, hostNetwork: network.kind === 'host' });
  return addresses;
}

function requireJoined(record: ContainerRecord): string[] {
  const path = sandboxNetns(record);
  if (path !== undefined && !isPinned(path))
    throw new Error(`join sandbox of container "${sandboxOwner(record).name}": it has none; start it first`);
  return [];
}

async function connect(record: ContainerRecord, networks: ContainerNetworks): Promise<string[]> {
  const wanted = attachment(record);
  if (!wanted) return [];
  try {
    // the namespace of a former boot is gone, but what its network wrote down may still be there
    if (record.addresses.length > 0) await networks.disconnect(wanted);
    const { ips = [] } = await networks.connect(wanted);
    return ips.map(({ address }) => address);
  } catch (error) {
    removeNetns(wanted.netns);
    throw error;
  }
}

/** Takes the container's own sandbox away. Absent is fine. */
export async function removeSandbox(record: ContainerRecord, networks: ContainerNetworks): Promise<void> {
  const attached = attachment(record);
  try {
    if (attached) await networks.disconnect(attached);
    await networks.disconnectAll(record.id);
  } finally {
    removeNetns(netnsPath(record.id));
  }
}
