/** Taking attachments off the host: by their derived name, by the network's alias, or by a result another runtime left. */
import type { Args, Attachment } from '../../../cni/plugin';
import type { Result } from '../../../cni/result';
import { openRtnl } from '../../../linux/rtnl/open';
import { type AttachmentKey, hostVethName } from '../ownership';
import { findSandbox } from '../sandbox';
import * as bridgePort from './port';

/** Deletes the attachment's pair. Needs no namespace, result or state; absent is fine. */
export function removePort(attachment: AttachmentKey): void {
  using host = openRtnl();
  bridgePort.remove(host, attachment);
}

/**
 * Deletes an attachment that another bridge plugin made, whose host end has a random name: the interface in the container,
 * provided that the previous result lists it with the address it has.
 */
export function removeForeign({ netns: path, ifName }: Args, prevResult: Result | undefined): void {
  const listed = prevResult?.interfaces?.find(({ name, sandbox }) => name === ifName && sandbox === path);
  if (!listed?.mac) return;
  using netns = findSandbox(path);
  if (!netns) return;
  using container = openRtnl({ netns });
  const link = container.findLink(ifName);
  if (link?.kind === 'veth' && link.mac === listed.mac.toLowerCase()) bridgePort.removeLink(container, link);
}

/** Deletes every attachment of the network that is not among the valid ones. */
export function removeStalePorts(network: string, valid: readonly Attachment[]): void {
  using host = openRtnl();
  const keep = new Set(valid.map((attachment) => hostVethName({ network, ...attachment })));
  for (const port of bridgePort.list(host, network))
    if (!keep.has(port.name)) bridgePort.removeLink(host, port);
}
