/** Our table of one family: read by one `nft`, changed by another. Callers hold the firewall lock around both. */
import { run } from '../command';
import { hasCode } from '../errors';
import { listTableNames, type NftTable, parseTable } from './nftables-json';
import { emptyTable } from './nftables-plan';
import type { TableFamily } from './nftables-skeleton';

/** Others do not hold our lock, so what we read can be gone when we write; then it is read anew. */
const attempts = 4;

/** @throws CommandError */
async function find(family: TableFamily): Promise<NftTable> {
  try {
    return parseTable(await run(['nft', '-j', 'list', 'table', family, 'tsnet']));
  } catch (error) {
    // nft has one exit status for all failures, so absence is asked for by itself
    if (!hasCode(error, 'EXIT')) throw error;
    const tables = listTableNames(await run(['nft', '-j', 'list', 'tables']));
    if (tables.includes(`${family} tsnet`)) throw error;
    return emptyTable;
  }
}

export class OwnTable {
  readonly family: TableFamily;

  constructor(family: TableFamily) {
    this.family = family;
  }

  /** Empty when absent. @throws CommandError */
  read(): Promise<NftTable> {
    return find(this.family);
  }

  /** Applies what `plan` makes of the table as it is. @throws CommandError; what `plan` throws */
  async change(plan: (table: NftTable) => string): Promise<void> {
    let script = plan(await this.read());
    for (let attempt = 1; script !== ''; attempt++) {
      try {
        await run(['nft', '-f', '-'], { input: script });
        return;
      } catch (error) {
        const next = plan(await this.read());
        if (attempt === attempts || next === script || !hasCode(error, 'EXIT')) throw error;
        script = next;
      }
    }
  }
}
