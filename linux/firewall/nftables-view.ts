/** What the kernel holds of one of our tables, read as needed and each thing once: for one try of one operation. */
import type { ChainRecord, Element, RuleRecord, SetSpec } from '../nftables/model';
import { findSetSpec, type OwnFamily, skeletons } from './nftables-skeleton';
import type { Ruleset } from './ruleset';

/** What is kept of a table from one operation to the next: elements of a set, or the ports that owners' rules lead elsewhere. */
export type TableFact = `elements ${string}` | 'rule claims';

export class TableView {
  readonly family: OwnFamily;
  /** Of the ruleset before anything was read. */
  readonly generation: number | undefined;
  readonly #ruleset: Ruleset;
  readonly #read = new Map<string, Promise<unknown>>();

  private constructor(ruleset: Ruleset, family: OwnFamily, generation: number | undefined) {
    this.#ruleset = ruleset;
    this.family = family;
    this.generation = generation;
  }

  static async open(ruleset: Ruleset, family: OwnFamily): Promise<TableView> {
    return new TableView(ruleset, family, await ruleset.generation());
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
    return this.#once('chains', () => this.#ruleset.nftables.listChains(this.#table));
  }

  listSets(): Promise<SetSpec[]> {
    return this.#once('sets', () => this.#ruleset.nftables.listSets(this.#table));
  }

  findRules(chain: string): Promise<RuleRecord[] | undefined> {
    return this.#once(`rules ${chain}`, () => this.#ruleset.nftables.findRules(this.#table, chain));
  }

  /** @param set name of a set or map of ours; another has no elements */
  async listElements(set: string): Promise<Element[]> {
    const spec = findSetSpec(this.family, set);
    if (!spec) return [];
    return this.#once(`elements ${set}`, () => this.#ruleset.nftables.listElements(this.#table, spec));
  }

  /** The element that the key falls on. */
  async findElement(set: string, key: readonly string[]): Promise<Element | undefined> {
    const spec = findSetSpec(this.family, set);
    return spec && this.#ruleset.nftables.findElement(this.#table, spec, key);
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
