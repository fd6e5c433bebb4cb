/** What the kernel holds of one of our tables, read as needed and each thing once: for one try of one operation. */
import type { ChainRecord, Element, RuleRecord, SetSpec } from '../nftables/model';
import { ListedTable, type TableReader } from './listed-table';
import { findSetSpec, type OwnFamily, skeletons } from './nftables-skeleton';
import type { Ruleset } from './ruleset';

/** What is kept of a table from one operation to the next: elements of a set, or the ports that owners' rules lead elsewhere. */
export type TableFact = `elements ${string}` | 'rule claims';

export class TableView {
  readonly family: OwnFamily;
  /** Of the ruleset before anything was read. */
  readonly generation: number | undefined;
  readonly #ruleset: Ruleset;
  readonly #reader: TableReader;
  readonly #read = new Map<string, Promise<unknown>>();

  private constructor(
    ruleset: Ruleset,
    family: OwnFamily,
    found: { generation?: number; reader: TableReader },
  ) {
    this.#ruleset = ruleset;
    this.#reader = found.reader;
    this.family = family;
    this.generation = found.generation;
  }

  /** Where there are commands only, one of them reads the whole table. @throws SyscallError; CommandError */
  static async open(ruleset: Ruleset, family: OwnFamily): Promise<TableView> {
    const generation = await ruleset.generation();
    const found =
      generation === undefined
        ? { reader: await ListedTable.read(skeletons[family].table) }
        : { generation, reader: ruleset.nftables };
    return new TableView(ruleset, family, found);
  }

  /** Reads what stays known while nobody changes the ruleset, and we nothing that it says. */
  async learn<T>(fact: TableFact, read: () => Promise<T>): Promise<T> {
    const name = `${this.family} ${fact}`;
    const known = this.#ruleset.findFact<T>(this.generation, name);
    if (known !== undefined) return known;
    const found = await read();
    this.#ruleset.rememberFact(this.generation, name, found);
    return found;
  }

  /** None when the table is absent. */
  listChains(): Promise<ChainRecord[]> {
    return this.#once('chains', () => this.#reader.listChains(this.#table));
  }

  listSets(): Promise<SetSpec[]> {
    return this.#once('sets', () => this.#reader.listSets(this.#table));
  }

  findRules(chain: string): Promise<RuleRecord[] | undefined> {
    return this.#once(`rules ${chain}`, () => this.#reader.findRules(this.#table, chain));
  }

  /** @param set name of a set or map of ours; another has no elements */
  async listElements(set: string): Promise<Element[]> {
    const spec = findSetSpec(this.family, set);
    if (!spec) return [];
    return this.#once(`elements ${set}`, () => this.#reader.listElements(this.#table, spec));
  }

  /** The element that the key falls on. */
  async findElement(set: string, key: readonly string[]): Promise<Element | undefined> {
    const spec = findSetSpec(this.family, set);
    return spec && this.#reader.findElement(this.#table, spec, key);
  }

  /** As {@link TableView.findElement} for each key, in their order. */
  async findElements(set: string, keys: readonly (readonly string[])[]): Promise<(Element | undefined)[]> {
    const spec = findSetSpec(this.family, set);
    return spec ? this.#reader.findElements(this.#table, spec, keys) : keys.map(() => undefined);
  }

  get #table() {
    return skeletons[this.family].table;
  }

  #once<T>(what: string, read: () => Promise<T>): Promise<T> {
    const known = this.#read.get(what) as Promise<T> | undefined;
    if (known) return known;
    const reading = read();
    this.#read.set(what, reading);
    return reading;
  }
}
