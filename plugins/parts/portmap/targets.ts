import type { IpConfig, Result } from '../../../cni/result';
import { type Family, familyOf } from '../../../linux/address/cidr';

/** Where published ports lead: the container's address of each family, as CIDR. */
export type Targets = Partial<Record<Family, string>>;

/**
 * Whether an address may be the container's: it belongs to the interface in question, or the result does not say to
 * which one it belongs.
 */
function mayBeContainers({ interface: position }: IpConfig, result: Result, ifName: string): boolean {
  const owner = position === undefined ? undefined : result.interfaces?.[position];
  return owner === undefined || (owner.name === ifName && Boolean(owner.sandbox));
}

/** The entries that can be read: what DEL is handed may come from anywhere, and must not stop it. */
function listReadable({ ips }: Result): IpConfig[] {
  return Array.isArray(ips) ? ips.filter((ip) => typeof ip?.address === 'string') : [];
}

/** The first address of each family that is the container's by prevResult. */
export function chooseTargets(prevResult: Result, ifName: string): Targets {
  const targets: Targets = {};
  for (const ip of listReadable(prevResult))
    if (mayBeContainers(ip, prevResult, ifName)) targets[familyOf(ip.address)] ??= ip.address;
  return targets;
}
