/**
 * Who made an interface, written on the interface: the host end of an attachment's veth has a name derived from
 * (network, container, interface) and an alias that says them, so DEL and GC need no state and two interfaces of one
 * container never collide.
 */
import type { Link } from '../../linux/rtnl/model';
import { sha256Hex } from '../../values/sha256';

/** The parts that make an attachment unique (CNI spec 0.4.0 and later). */
export interface AttachmentKey {
  network: string;
  containerId: string;
  ifName: string;
}

/** IFALIASZ in linux/if.h, less the final NUL. */
const maxAlias = 255;
const longestReadableNetwork = 100;
const aliasPrefix = 'tsnet:';

function digest(...parts: string[]): string {
  return sha256Hex(parts.join('\0'));
}

/** `veth` and 11 hexadecimal digits: 15 bytes, the longest interface name. */
export function hostVethName({ network, containerId, ifName }: AttachmentKey): string {
  return `veth${digest(network, containerId, ifName).slice(0, 11)}`;
}

/** The host end's alternative name, by which it is found when somebody has renamed it. */
export function hostVethAltName({ network, containerId, ifName }: AttachmentKey): string {
  return `tsnet-${digest(network, containerId, ifName).slice(0, 32)}`;
}

function networkTag(network: string): string {
  return `${aliasPrefix}${network.length <= longestReadableNetwork ? network : digest(network)}/`;
}

/** `tsnet:<network>/<container>/<interface>`; none of the three can contain a slash. Cut where the kernel would refuse it. */
export function portAlias({ network, containerId, ifName }: AttachmentKey): string {
  return `${networkTag(network)}${containerId}/${ifName}`.slice(0, maxAlias);
}

/** Whether `link` is the host end of an attachment to `network`. */
export function isPortOf(network: string, link: Link): boolean {
  return link.alias.startsWith(networkTag(network));
}

/** `<network>/<container>/<interface>` as the alias says it; empty for links that no attachment made. */
export function attachmentOf(link: Pick<Link, 'alias'>): string {
  return link.alias.startsWith(aliasPrefix) ? link.alias.slice(aliasPrefix.length) : '';
}
