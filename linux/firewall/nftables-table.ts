/** Our table of one family: read by one `nft`, changed by another. Callers hold the firewall lock around both. */
import { run } from '../command';
import { hasCode } from '../errors';
import type { FileLock } from '../flock/flock';
import { listTableNames, type NftTable, parseTable } from './nftables-json';
import { emptyTable } from './nftables-plan';
import type { TableFamily } from './nftables-skeleton';

/** Others do not hold our lock, so what we read can be gone when we write; then it is read anew. */
const attempts = 4;

/** Names of all tables, as `inet tsnet`; undefined where nft does not work. */
export async function findTableNames(): Promise<string[] | undefined> {
  try {
    return listTableNames(await run(['nft', '-j', 'list', 'tables']));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EXIT')) return undefined;
    throw error;
  }
}

/** @param name such as `inet tsnet` @throws CommandError */
export async function findTable(name: string): Promise<NftTable | undefined> {
  const [family, table] = name.split(' ') as [string, string];
  try {
    return parseTable(await run(['nft', '-j', 'list', 'table', family, table]));
  } catch (error) {
    // nft has one exit status for all failures, so absence is asked for by itself
    if (!hasCode(error, 'EXIT')) throw error;
    const tables = listTableNames(await run(['nft', '-j', 'list', 'tables']));
    if (tables.includes(name)) throw error;
    return undefined;
  }
}

export class OwnTable {
  readonly family: TableFamily;

  constructor(family: TableFamily) {
    this.family = family;
  }

  /** Empty when absent. @throws CommandError */
  async read(): Promise<NftTable> {
    return (await findTable(`${this.family} tsnet`)) ?? emptyTable;
  }

  /**
   * Applies what `plan` makes of the table as it is.
   * @param lock the firewall lock, which `nft` inherits: when we are killed it goes on, and nobody may overtake it
   * @throws CommandError; what `plan` throws
   */
  async change(lock: FileLock, plan: (table: NftTable) => string): Promise<void> {
    let script = plan(await this.read());
    for (let attempt = 1; script !== ''; attempt++) {
      try {
        await run(['nft', '-f', '-'], { input: script, inherit: [lock.fd] });
        return;
      } catch (error) {
        const next = plan(await this.read());
        if (attempt === attempts || next === script || !hasCode(error, 'EXIT')) throw error;
        script = next;
      }
    }
  }
}
