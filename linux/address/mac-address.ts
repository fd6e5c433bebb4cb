/** Ethernet hardware addresses between text and bytes. */
import { constants } from 'node:os';
import { SyscallError } from '../errors';

/** @throws SyscallError EINVAL for anything but six bytes in the form `00:11:22:33:44:55` */
export function parseMac(text: string): Buffer {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text)) {
    const cause = 'not in the form "00:11:22:33:44:55"';
    throw new SyscallError(`parse hardware address ${JSON.stringify(text)}`, constants.errno.EINVAL, cause);
  }
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

/** Lower case text; empty for what is not an Ethernet address, such as the addresses of IP tunnels. */
export function macText(bytes: Buffer | undefined): string {
  return bytes?.length === 6 ? [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':') : '';
}
