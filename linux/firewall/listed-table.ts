/** A table of ours as one `nft` command lists it: where each question would be a process of its own. */
import { run } from '../command';
import { hasCode } from '../errors';
import { keysMeet } from '../nftables/element-overlap';
import type { ChainRecord, Element, Nftables, RuleRecord, SetSpec, TableRef } from '../nftables/model';
import { asNftError } from '../nftables/nft-command/errors';
import {
  type JsonObject,
  objectsOf,
  readChain,
  readElement,
  readRule,
  readSet,
} from '../nftables/nft-command/listing';

/** What can be read of a table. */
export type TableReader = Pick<
  Nftables,
  'listChains' | 'listSets' | 'findRules' | 'findElement' | 'findElements' | 'listElements'
>;

async function listTable({ family, name }: TableRef): Promise<string> {
  try {
    return await run(['nft', '-j', 'list', 'table', family, name], { env: { LC_ALL: 'C' } });
  } catch (error) {
    const failure = asNftError(`list table ${family} "${name}"`, error);
    if (hasCode(failure, 'ENOENT')) return '{"nftables":[]}';
    throw failure;
  }
}

export class ListedTable implements TableReader {
  readonly #chains: ChainRecord[];
  readonly #rules: JsonObject[];
  readonly #sets: JsonObject[];

  private constructor(output: string) {
    this.#chains = objectsOf(output, 'chain').map(readChain);
    this.#rules = objectsOf(output, 'rule');
    this.#sets = objectsOf(output, 'set', 'map');
  }

  /** Of the calling thread's network namespace; an absent table has nothing. @throws SyscallError; CommandError */
  static async read(table: TableRef): Promise<ListedTable> {
    return new ListedTable(await listTable(table));
  }

  async listChains(): Promise<ChainRecord[]> {
    return this.#chains;
  }

  async listSets(): Promise<SetSpec[]> {
    return this.#sets.map(readSet);
  }

  async findRules(_table: TableRef, chain: string): Promise<RuleRecord[] | undefined> {
    if (!this.#chains.some(({ name }) => name === chain)) return undefined;
    return this.#rules.filter((rule) => rule.chain === chain).map(readRule);
  }

  async findElement(table: TableRef, set: SetSpec, key: readonly string[]): Promise<Element | undefined> {
    return (await this.listElements(table, set)).find((element) => keysMeet(set, element.key, key));
  }

  async findElements(table: TableRef, set: SetSpec, keys: readonly (readonly string[])[]) {
    const elements = await this.listElements(table, set);
    return keys.map((key) => elements.find((element) => keysMeet(set, element.key, key)));
  }

  async listElements(_table: TableRef, set: SetSpec): Promise<Element[]> {
    const elements = this.#sets.find(({ name }) => name === set.name)?.elem;
    return Array.isArray(elements) ? elements.map((element) => readElement(set, element)) : [];
  }
}
