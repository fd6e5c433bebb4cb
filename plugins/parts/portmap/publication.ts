/** Published ports in the host's firewall. */
import { CniError, ErrorCode } from '../../../cni/errors';
import type { Attachment } from '../../../cni/plugin';
import { hasCode } from '../../../linux/errors';
import { listOwnersEverywhere, openFirewall, removeEverywhere } from '../../../linux/firewall/detect';
import type { Backend, Firewall, Owner, RuleSet } from '../../../linux/firewall/model';

/** Error code of this plugin: a host port belongs to somebody else. */
export const portTaken = 100;

/** Ensures the sets one after the other. @throws CniError 100 naming the owner of a port that is taken */
export async function ensure(firewall: Firewall, sets: readonly RuleSet[]): Promise<void> {
  try {
    for (const set of sets) await firewall.ensure(set);
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) throw new CniError(portTaken, (error as Error).message);
    throw error;
  }
}

/** @throws CniError 50 when no firewall can publish ports here */
export async function requireReady(backend: Backend | undefined): Promise<void> {
  try {
    const firewall = await openFirewall(backend);
    await firewall.status();
    if (firewall.backend !== 'none') return;
  } catch (error) {
    throw new CniError(ErrorCode.notReady, (error as Error).message);
  }
  throw new CniError(ErrorCode.notReady, 'publish ports: neither iptables nor nftables works on this host');
}

function isValid([, containerId, ifName]: Owner, valid: readonly Attachment[]): boolean {
  return valid.some((attachment) => attachment.containerId === containerId && attachment.ifName === ifName);
}

/** Removes, from every backend, what belongs to attachments of the network that are no longer valid. */
export async function removeStale(network: string, valid: readonly Attachment[]): Promise<void> {
  const owners = await listOwnersEverywhere('portmap', network);
  const stale = owners.filter((owner) => !isValid(owner, valid));
  await removeEverywhere(stale.map((owner) => ({ role: 'portmap', owner })));
}
