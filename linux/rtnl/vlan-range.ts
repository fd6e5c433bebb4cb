/** Ranges of VLAN ids as bridges keep them (IEEE 802.1Q: 0 and 4095 are reserved). */
import { constants } from 'node:os';
import { SyscallError } from '../errors';

const maxVid = 4094;

export interface VlanRange {
  /** The bridge's or the port's index. */
  index: number;
  vid: number;
  /** The last id, `vid` itself when absent. */
  vidEnd?: number;
  pvid?: boolean;
  untagged?: boolean;
}

/** @throws SyscallError EINVAL for ids outside 1 to 4094 or out of order */
export function requireVlanRange(operation: string, { vid, vidEnd = vid }: VlanRange): void {
  const valid =
    Number.isInteger(vid) && Number.isInteger(vidEnd) && vid >= 1 && vid <= vidEnd && vidEnd <= maxVid;
  if (!valid) throw new SyscallError(operation, constants.errno.EINVAL, 'vlan ids are 1 to 4094, in order');
}
