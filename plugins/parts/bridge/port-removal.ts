/** Taking attachments off the host: by their derived name, by the network's alias, or by a result another runtime left. */
import type { Args, Attachment } from '../../../cni/plugin';
import type { Result } from '../../../cni/result';
import { openRtnl } from '../../../linux/rtnl/open';
import { type AttachmentKey, hostVethName } from '../ownership';
import { findSandbox } from '../sandbox';
import * as bridgePort from './port';

/** Deletes the attachment's pair. Needs no namespace, result or state; absent is fine. */
export async function removePort(attachment: AttachmentKey): Promise<void> {
  using host = openRtnl();
  await bridgePort.remove(host, attachment);
}

/**
 * Deletes an attachment that another bridge plugin made, whose host end has a random name: the interface in the container,
 * provided that the previous result lists it with the address it has.
 */
export async function removeForeign(
  { netns: path, ifName }: Args,
  prevResult: Result | undefined,
): Promise<void> {
  const listed = prevResult?.interfaces?.find(({ name, sandbox }) => name === ifName && sandbox === path);
  if (!listed?.mac) return;
  using netns = findSandbox(path);
  if (!netns) return;
  using container = openRtnl({ netns });
  const link = container.findLink(ifName);
  if (link?.kind === 'veth' && link.mac === listed.mac.toLowerCase())
    await bridgePort.removeLink(container, link.index);
}

/** Deletes every attachment of the network that is not among the valid ones. */
export async function removeStalePorts(network: string, valid: readonly Attachment[]): Promise<void> {
  using host = openRtnl();
  const keep = new Set(valid.map((attachment) => hostVethName({ network, ...attachment })));
  const stale = bridgePort.list(host, network).filter((port) => !keep.has(port.name));
  // All at once: their deletion takes hardly longer than that of one
  const removals = await Promise.allSettled(stale.map((port) => bridgePort.removeLink(host, port.index)));
  const failed = removals.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
