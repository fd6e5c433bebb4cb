/** How errors name what was asked, the same words whichever backend carried it: the first half of `verb thing: cause`. */
import { constants } from 'node:os';
import { SyscallError } from '../errors';
import type { Address, LinkChange, Neighbour, Route } from './model';

export function routeOperation(verb: string, { dst, gateway, index }: Route): string {
  const via = gateway === undefined ? '' : ` via "${gateway}"`;
  return `${verb} route "${dst}"${via}${index === undefined ? '' : ` on link ${index}`}`;
}

export function addressOperation(
  verb: string,
  { address, index }: Pick<Address, 'address' | 'index'>,
): string {
  return `${verb} address "${address}" on link ${index}`;
}

export function neighbourOperation(
  verb: string,
  { address, index }: Pick<Neighbour, 'address' | 'index'>,
): string {
  return `${verb} neighbour "${address}" on link ${index}`;
}

export function vlanOperation(verb: string, vlan: { index: number; vid: number; vidEnd?: number }): string {
  const range = vlan.vidEnd === undefined ? vlan.vid : `${vlan.vid}-${vlan.vidEnd}`;
  return `${verb} bridge vlan ${range} on link ${vlan.index}`;
}

/** Names what is being changed, so that the cause needs no guessing which of several keys it means. */
export function setLinkOperation(index: number, change: LinkChange): string {
  const changes = Object.entries(change).filter(([, value]) => value !== undefined);
  return `set link ${index} ${changes.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(' ')}`;
}

export function noSuchLink(operation: string): SyscallError {
  return new SyscallError(operation, constants.errno.ENODEV);
}

/** A kernel without bridge VLAN filtering takes the option and does nothing: that must not pass for isolation. */
export function noVlanFiltering(name: string): SyscallError {
  return new SyscallError(
    `enable vlan filtering on link "${name}"`,
    constants.errno.EOPNOTSUPP,
    'this kernel has no bridge vlan filtering',
  );
}
