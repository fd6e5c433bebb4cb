/** What a reservation file holds, in the reference plugin's format. Pure. */
import { isIP } from '../../../values/ip-version';

/** Whom an address belongs to. `ifName` is empty in files of host-local 0.6 and older, which wrote the container alone. */
export interface Owner {
  containerId: string;
  ifName: string;
}

const lineBreak = '\r\n';
const containerPattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

export function formatOwner({ containerId, ifName }: Owner): string {
  return ifName === '' ? containerId : `${containerId}${lineBreak}${ifName}`;
}

/** Undefined for anything that no attachment could have written. */
export function parseOwner(text: string): Owner | undefined {
  const [containerId = '', ifName = '', ...rest] = text.trim().split(lineBreak);
  if (rest.length > 0 || !containerPattern.test(containerId) || /[/:\s\0]/.test(ifName)) return undefined;
  return { containerId, ifName };
}

export function isSameOwner(one: Owner, other: Owner | undefined): boolean {
  return one.containerId === other?.containerId && one.ifName === other.ifName;
}

/** Whether a directory entry is a reservation: `lock` and `last_reserved_ip.0` lie beside them. */
export const isReservationName = (name: string) => isIP(name) !== 0 && !name.includes('%');
