/** Gateway addresses on the bridge (or on a VLAN's gateway interface), and forwarding for their families. */
import { CniError, ErrorCode } from '../../../cni/errors';
import type { IpConfig } from '../../../cni/result';
import { canonicalCidr, type Family, familyOf, hostOf, overlaps } from '../../../linux/address/cidr';
import { hasCode } from '../../../linux/errors';
import type { Link, Rtnl } from '../../../linux/rtnl/model';
import { ensureSysctl, readSysctl } from '../../../linux/sysctl/sysctl';

const forwarding = {
  ipv4: ['net', 'ipv4', 'ip_forward'],
  ipv6: ['net', 'ipv6', 'conf', 'all', 'forwarding'],
} as const;

/** Name of the sysctl that lets the host forward packets of a family. */
export function forwardingSysctl(family: Family) {
  return forwarding[family];
}

/** The addresses that the device must have, in CIDR form: each gateway with its subnet's prefix length. Pure. */
export function plan(ips: IpConfig[]): string[] {
  const addresses = ips
    .filter((ip) => ip.gateway && familyOf(ip.gateway) === familyOf(ip.address))
    .map((ip) => canonicalCidr(`${ip.gateway}/${ip.address.split('/')[1]}`));
  return [...new Set(addresses)];
}

/**
 * Gives the device every address and turns forwarding on.
 * @param force replace an address of the same subnet that differs (`forceAddress`)
 * @throws CniError when a different address of the same subnet stands there and `force` is off
 */
export function ensure(host: Rtnl, device: Link, addresses: string[], force = false): void {
  for (const address of addresses) ensureAddress(host, device, address, force);
  for (const family of new Set(addresses.map(familyOf))) ensureSysctl([...forwarding[family]], '1');
}

function ensureAddress(host: Rtnl, device: Link, address: string, force: boolean): void {
  const present = host.listAddresses(device.index).filter((other) => other.scope !== 'link');
  if (present.some((other) => canonicalCidr(other.address) === address)) return;
  const conflicts = present.filter(
    (other) => familyOf(other.address) === familyOf(address) && overlaps(other.address, address),
  );
  for (const conflict of conflicts) {
    if (!force) throw conflictError(device.name, address);
    host.deleteAddress(conflict);
  }
  try {
    host.addAddress({ index: device.index, address, noDad: true });
  } catch (error) {
    // Another process adds the same address at the same moment
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

function conflictError(device: string, address: string): CniError {
  return new CniError(
    ErrorCode.invalidConfig,
    `failed to set bridge addr: "${device}" already has an IP address different from ${address}`,
  );
}

/** Throws on the first address that the device lacks, and when the host does not forward one of their families. */
export function verify(host: Rtnl, device: Link, addresses: string[]): void {
  const present = new Set(host.listAddresses(device.index).map((other) => canonicalCidr(other.address)));
  const missing = addresses.find((address) => !present.has(address));
  if (missing)
    throw new Error(`verify gateway "${hostOf(missing)}": "${missing}" is missing on "${device.name}"`);
  for (const family of new Set(addresses.map(familyOf))) verifyForwarding(family);
}

function verifyForwarding(family: Family): void {
  const name = forwardingSysctl(family);
  const value = readSysctl(name).trim();
  if (value === '0')
    throw new Error(`verify sysctl "${name.join('.')}": it is "0", the host does not forward`);
}
