/** TARGET of the `bridge` commands: a tsnet container, a process, or a network namespace. */
import { resolve } from 'node:path';
import { Netns } from '../../linux/netns/netns';
import { UsageError } from '../failure';

export interface BridgeTarget {
  containerId: string;
  /** Path of its network namespace. */
  netns: string;
}

/**
 * A number is a process id, a text with a slash a path, anything else a tsnet container or a name in /run/netns.
 * Namespaces have no identifier of their own: theirs follows from the inode, so that every path to one gives the same.
 * @throws UsageError when there is no such target
 */
export async function resolveTarget(target: string): Promise<BridgeTarget> {
  if (/^\d+$/.test(target)) return fromNamespace(target, `/proc/${target}/ns/net`);
  if (target.includes('/')) return fromNamespace(target, resolve(target));
  return (await findContainer(target)) ?? fromNamespace(target, `/run/netns/${target}`);
}

function fromNamespace(target: string, netns: string): BridgeTarget {
  try {
    using opened = Netns.open(netns);
    return { containerId: `netns-${opened.identity.replace(':', '-')}`, netns };
  } catch {
    throw new UsageError(
      `target ${JSON.stringify(target)}: expected a tsnet container, a process id, or a network namespace`,
    );
  }
}

async function findContainer(reference: string): Promise<BridgeTarget | undefined> {
  const { listRecords } = await import('../../runtime/store/container-store');
  const isNamed = ({ id, name }: { id: string; name: string }) =>
    name === reference || (reference.length >= 12 && id.startsWith(reference));
  const record = listRecords().find(isNamed);
  if (!record) return undefined;
  const { sandboxNetns, sandboxOwner } = await import('../../runtime/sandbox/sandbox');
  const netns = sandboxNetns(record);
  if (!netns) throw new UsageError(`target "${reference}": the container has the host's network namespace`);
  return { containerId: sandboxOwner(record).id, netns };
}
