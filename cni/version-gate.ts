/** Which commands a configuration's version allows. */
import type { Command } from './environment';
import { CniError, ErrorCode } from './errors';
import { quote } from './identifiers';
import { atLeast } from './versions';

/** The version that introduced a command. */
const introduced: Partial<Record<Command, string>> = { CHECK: '0.4.0', GC: '1.1.0', STATUS: '1.1.0' };

/**
 * Verifies that a plugin may serve `command` for a configuration of `version`.
 * @throws CniError 1 when not, 6 when `version` is not a version and `command` depends on it
 */
export function verifyVersion(command: Command, version: string, supported: readonly string[]): void {
  const details = `config is ${quote(version)}, plugin supports [${supported.map((name) => quote(name)).join(' ')}]`;
  const refuse = (msg: string) => new CniError(ErrorCode.incompatibleVersion, msg, details);
  const since = introduced[command];
  if (since !== undefined) {
    if (!atLeast(version, since)) throw refuse(`config version does not allow ${command}`);
    if (!supported.some((name) => atLeast(name, version)))
      throw refuse(`plugin version does not allow ${command}`);
  }
  if (!supported.includes(version)) throw refuse('incompatible CNI versions');
}
