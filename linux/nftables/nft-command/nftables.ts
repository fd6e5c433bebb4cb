/** {@link Nftables} by the `nft` command: where FFI cannot load, and for a user's own nft text. */
import { run } from '../../command';
import { hasCode } from '../../errors';
import { Netns } from '../../netns/netns';
import { netnsPathForChildren } from '../../netns/path';
import { keysMeet } from '../element-overlap';
import type {
  ChainRecord,
  Change,
  CommitOptions,
  Element,
  Nftables,
  RuleRecord,
  SetSpec,
  TableRef,
} from '../model';
import { objectName, tableName } from '../operation';
import { isName, requireName } from '../validate';
import { asNftError, asScriptError } from './errors';
import { tableText } from './grammar';
import { findRulesIn, type Json, objectsOf, readChain, readElement, readSet, readTable } from './listing';
import { planScript } from './script';

/** What is empty when it is not there. */
async function orElse<T>(absent: T, read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return absent;
    throw error;
  }
}

export class NftCommandNftables implements Nftables {
  readonly #netns: Netns;

  private constructor(netns: Netns) {
    this.#netns = netns;
  }

  /** @param netns kept open under a descriptor of its own; the calling thread's namespace when absent @throws SyscallError */
  static open(netns?: Netns): NftCommandNftables {
    return new NftCommandNftables(netns ? Netns.open(`/proc/self/fd/${netns.fd}`) : Netns.current());
  }

  async generation(): Promise<undefined> {}

  async listTables(): Promise<TableRef[]> {
    const output = await this.#list('list tables', ['tables']);
    return objectsOf(output, 'table').map(readTable);
  }

  async listChains(table: TableRef): Promise<ChainRecord[]> {
    const output = await this.#list(`list chains of ${tableName(table)}`, ['chains', table.family]);
    return objectsOf(output, 'chain')
      .filter((chain) => chain.table === table.name)
      .map(readChain);
  }

  async listSets(table: TableRef): Promise<SetSpec[]> {
    const kinds = ['sets', 'maps'].map((kind) =>
      this.#list(`list ${kind} of ${tableName(table)}`, [kind, table.family]),
    );
    return (await Promise.all(kinds)).flatMap((output) =>
      objectsOf(output, 'set', 'map')
        .filter((set) => set.table === table.name)
        .map(readSet),
    );
  }

  async findRules(table: TableRef, chain: string): Promise<RuleRecord[] | undefined> {
    const operation = `list rules of ${objectName('chain', chain, table)}`;
    // A name that nft does not take can be found in what it prints.
    const isPlain = isName(table.name) && isName(chain);
    const place = isPlain ? ['chain', table.family, table.name, chain] : ['ruleset', table.family];
    const output = await orElse(undefined, this.#list(operation, place));
    return output === undefined ? undefined : findRulesIn(output, table, chain);
  }

  /** `nft get element` prints no JSON in versions that are in use, so the set is listed. */
  async findElement(table: TableRef, set: SetSpec, key: readonly string[]): Promise<Element | undefined> {
    return (await this.findElements(table, set, [key]))[0];
  }

  async findElements(
    table: TableRef,
    set: SetSpec,
    keys: readonly (readonly string[])[],
  ): Promise<(Element | undefined)[]> {
    const elements = await this.listElements(table, set);
    return keys.map((key) => elements.find((element) => keysMeet(set, element.key, key)));
  }

  async listElements(table: TableRef, set: SetSpec): Promise<Element[]> {
    const operation = `list elements of ${objectName('set', set.name, table)}`;
    const kind = set.value ? 'map' : 'set';
    const place = [kind, ...tableText(table).split(' '), requireName('set', set.name)];
    const output = await orElse(undefined, this.#list(operation, place, true));
    if (output === undefined) return [];
    return objectsOf(output, kind).flatMap(({ elem }) =>
      ((elem ?? []) as Json[]).map((element) => readElement(set, element)),
    );
  }

  /** `generation` cannot be held here: callers that need it have a lock. */
  async commit(changes: readonly Change[], { inherit = [] }: CommitOptions = {}): Promise<void> {
    const script = planScript(changes);
    if (script.lines.length === 0) return;
    const input = script.lines.map((line) => `${line}\n`).join('');
    try {
      await run(this.#placed(['nft', '-f', '-']), { input, inherit, env: { LC_ALL: 'C' } });
    } catch (error) {
      throw asScriptError(script, error);
    }
  }

  async #list(operation: string, what: readonly string[], elements = false): Promise<string> {
    try {
      const options = elements ? ['-j'] : ['-j', '-t'];
      return await run(this.#placed(['nft', ...options, 'list', ...what]), { env: { LC_ALL: 'C' } });
    } catch (error) {
      throw asNftError(operation, error);
    }
  }

  /** Where the thread is in the namespace already, no second program is needed. */
  #placed(command: [string, ...string[]]): [string, ...string[]] {
    using here = Netns.current();
    return this.#netns.equals(here)
      ? command
      : ['nsenter', `--net=${netnsPathForChildren(this.#netns)}`, ...command];
  }

  [Symbol.dispose](): void {
    this.#netns.close();
  }
}
