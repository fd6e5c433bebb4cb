import type { Words } from './iptables-layout';
import { quoteWords } from './iptables-rule';

/** Collects the input of one iptables-restore run: per table, chains first, then commands in the order given. */
export class RestoreScript {
  readonly #tables = new Map<string, { chains: Set<string>; commands: string[] }>();

  #table(name: string) {
    const table = this.#tables.get(name) ?? { chains: new Set<string>(), commands: [] };
    this.#tables.set(name, table);
    return table;
  }

  /** Creates the chain, or empties it. */
  declare(table: string, chain: string): void {
    this.#table(table).chains.add(chain);
  }

  /** @param command such as `-A`, with its arguments */
  add(table: string, ...command: Words): void {
    this.#table(table).commands.push(quoteWords(command));
  }

  /** Empty when there is nothing to do. */
  get text(): string {
    return [...this.#tables]
      .map(([name, { chains, commands }]) =>
        [`*${name}`, ...[...chains].map((chain) => `:${chain} - [0:0]`), ...commands, 'COMMIT', ''].join(
          '\n',
        ),
      )
      .join('');
  }
}
