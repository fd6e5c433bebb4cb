/** Names of network interfaces, as the kernel takes them (net/core/dev.c `dev_valid_name`, `IFNAMSIZ`, `ALTIFNAMSIZ`). */
import { constants } from 'node:os';
import { SyscallError } from '../errors';

/** Bytes, without the terminating NUL. */
export const maxLinkNameLength = 15;
const maxAltNameLength = 127;

function refusal(name: string, limit: number): string | undefined {
  if (name === '') return 'an interface name may not be empty';
  if (name === '.' || name === '..') return 'an interface name may not be "." or ".."';
  if (Buffer.byteLength(name) > limit) return `an interface name has at most ${limit} bytes`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL would cut the name, newlines would split a batch
  if (/[\s/:\0-\x1f\x7f]/.test(name))
    return 'an interface name has no spaces, slashes, colons or control characters';
  return undefined;
}

function requireName(operation: string, name: string, limit: number): void {
  const reason = refusal(name, limit);
  if (reason) throw new SyscallError(`${operation} ${JSON.stringify(name)}`, constants.errno.EINVAL, reason);
}

/**
 * Refuses a name that no interface can have, before the kernel or a command is asked.
 * @param operation such as `create link`; the name is added to it
 * @throws SyscallError EINVAL
 */
export function requireLinkName(operation: string, name: string): void {
  requireName(operation, name, maxLinkNameLength);
}

/** As {@link requireLinkName}, for alternative names, which may have 127 bytes. */
export function requireAltName(operation: string, name: string): void {
  requireName(operation, name, maxAltNameLength);
}

/** Whether a link could be found under `name`, be it its name or an alternative one. */
export function isPossibleLinkName(name: string): boolean {
  return refusal(name, maxAltNameLength) === undefined;
}
