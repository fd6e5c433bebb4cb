/** Names from outside: each becomes part of file names, rules and interface names, so each is checked before it is used. */
import { CniError, ErrorCode } from './errors';

const identifier = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const maxIfNameBytes = 15;
const maxQuoted = 120;

/** Text for a message, quoted and cut so that a hostile megabyte stays out of it. */
export function quote(value: unknown): string {
  if (typeof value === 'string' && value.length > maxQuoted)
    return `${JSON.stringify(value.slice(0, maxQuoted))}…`;
  const text = toJson(value);
  return text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text;
}

/** Values nested too deep for the recursion of JSON.stringify are named by their kind. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Array.isArray(value) ? 'array' : typeof value;
  }
}

/** @throws CniError 4 */
export function verifyContainerId(id: string): void {
  if (!identifier.test(id))
    throw new CniError(ErrorCode.invalidEnvironment, 'invalid characters in containerID', cut(id));
}

/** @throws CniError 7 */
export function verifyNetworkName(name: string): void {
  if (name === '') throw new CniError(ErrorCode.invalidConfig, 'missing network name');
  if (!identifier.test(name))
    throw new CniError(ErrorCode.invalidConfig, 'invalid characters found in network name', cut(name));
}

/** The kernel's own rules (net/core/dev.c, dev_valid_name), with Unicode white space too. @throws CniError 4 */
export function verifyIfName(name: string): void {
  const fail = (msg: string, details: string) => {
    throw new CniError(ErrorCode.invalidEnvironment, msg, details);
  };
  if (Buffer.byteLength(name) > maxIfNameBytes)
    fail('interface name is too long', 'interface name should be less than 16 characters');
  if (name === '.' || name === '..') fail('interface name is . or ..', `CNI_IFNAME is ${quote(name)}`);
  if (/[/:\s\u0085]/u.test(name))
    fail('interface name contains / or : or whitespace characters', `CNI_IFNAME is ${quote(name)}`);
}

/**
 * A plugin's `type` is the name of an executable, never a path.
 * @throws CniError 7
 */
export function verifyPluginName(name: string): void {
  if (name === '') throw new CniError(ErrorCode.invalidConfig, 'no plugin name provided');
  if (/[/\\\0]/.test(name) || name === '.' || name === '..')
    throw new CniError(ErrorCode.invalidConfig, `invalid plugin name: ${cut(name)}`);
}

function cut(text: string): string {
  return text.length > 255 ? `${text.slice(0, 255)}…` : text;
}
