/** The iptables programs of one address family and variant. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from '../command';
import { hasCode } from '../errors';
import { parseSave, type Tables } from './iptables-save';
import type { Family } from './model';

/** Which back end of iptables: the host's default, or one by name. */
export type Variant = 'default' | 'nft' | 'legacy';

const ipv6Marker = '/proc/thread-self/net/if_inet6';

function programName(family: Family, variant: Variant): string {
  return `${family === 'ipv4' ? 'iptables' : 'ip6tables'}${variant === 'default' ? '' : `-${variant}`}`;
}

/** Whether the host has the variant under a name of its own: iptables before 1.8 has the default one only. */
export function isInstalled(family: Family, variant: Variant): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, `${programName(family, variant)}-save`)));
}

/** The legacy variant's tables that the kernel has set up in this namespace; the nf_tables variant does not see them. */
export function hasLegacyTables(): boolean {
  return ['ip_tables_names', 'ip6_tables_names'].some((name) => {
    try {
      return readFileSync(`/proc/thread-self/net/${name}`, 'utf8') !== '';
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  });
}

export class IptablesProgram {
  readonly family: Family;
  readonly #name: string;

  constructor(family: Family, variant: Variant = 'default') {
    this.family = family;
    this.#name = programName(family, variant);
  }

  /** All tables that the kernel has set up; reading sets up none. @throws CommandError */
  async read(): Promise<Tables> {
    return parseSave(await run([`${this.#name}-save`]));
  }

  /** As {@link read}; undefined where the kernel has no IPv6 or the program is not installed. */
  async find(): Promise<Tables | undefined> {
    if (this.family === 'ipv6' && !existsSync(ipv6Marker)) return undefined;
    try {
      return await this.read();
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** Applies one batch: all of a table or nothing of it. @throws CommandError */
  async restore(script: string): Promise<void> {
    if (script !== '') await run([`${this.#name}-restore`, '--noflush', '-w'], { input: script });
  }
}
