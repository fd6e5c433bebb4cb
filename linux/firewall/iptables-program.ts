/** The iptables programs of one address family and variant. */
import { existsSync } from 'node:fs';
import { run } from '../command';
import { hasCode } from '../errors';
import { parseSave, type Tables } from './iptables-save';
import type { Family } from './model';

/** Which back end of iptables: the host's default, or one by name. */
export type Variant = 'default' | 'nft' | 'legacy';

const ipv6Marker = '/proc/thread-self/net/if_inet6';

export function programName(family: Family, variant: Variant): string {
  return `${family === 'ipv4' ? 'iptables' : 'ip6tables'}${variant === 'default' ? '' : `-${variant}`}`;
}

export class IptablesProgram {
  readonly family: Family;
  readonly #name: string;

  constructor(family: Family, variant: Variant = 'default') {
    this.family = family;
    this.#name = programName(family, variant);
  }

  /**
   * All tables that the kernel has set up, or one of them; reading sets up none.
   * @throws CommandError
   */
  async read(table?: string): Promise<Tables> {
    const only = table === undefined ? [] : ['-t', table];
    return parseSave(await run([`${this.#name}-save`, ...only]));
  }

  /** As {@link read}; undefined where the kernel has no IPv6 or the program is not installed. */
  async find(table?: string): Promise<Tables | undefined> {
    if (this.family === 'ipv6' && !existsSync(ipv6Marker)) return undefined;
    try {
      return await this.read(table);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /**
   * Applies one batch: all of a table or nothing of it.
   * @param lock held until the program has ended, even when this process ends before
   * @throws CommandError
   */
  async restore(script: string, lock?: { fd: number }): Promise<void> {
    if (script === '') return;
    const inherit = lock ? [lock.fd] : [];
    await run([`${this.#name}-restore`, '--noflush', '-w'], { input: script, inherit });
  }
}
