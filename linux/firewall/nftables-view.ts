/** What the kernel holds of one of our tables, read as needed and each thing once: for one try of one operation. */
import type { ChainRecord, Element, Nftables, RuleRecord, SetSpec } from '../nftables/model';
import { findSetSpec, type OwnFamily, skeletons } from './nftables-skeleton';

export class TableView {
  readonly family: OwnFamily;
  readonly #nftables: Nftables;
  readonly #read = new Map<string, Promise<unknown>>();

  constructor(nftables: Nftables, family: OwnFamily) {
    this.#nftables = nftables;
    this.family = family;
  }

  /** None when the table is absent. */
  listChains(): Promise<ChainRecord[]> {
    return this.#once('chains', () => this.#nftables.listChains(this.#table));
  }

  listSets(): Promise<SetSpec[]> {
    return this.#once('sets', () => this.#nftables.listSets(this.#table));
  }

  findRules(chain: string): Promise<RuleRecord[] | undefined> {
    return this.#once(`rules ${chain}`, () => this.#nftables.findRules(this.#table, chain));
  }

  /** @param set name of a set or map of ours; another has no elements */
  async listElements(set: string): Promise<Element[]> {
    const spec = findSetSpec(this.family, set);
    if (!spec) return [];
    return this.#once(`elements ${set}`, () => this.#nftables.listElements(this.#table, spec));
  }

  /** The element that the key falls on. */
  async findElement(set: string, key: readonly string[]): Promise<Element | undefined> {
    const spec = findSetSpec(this.family, set);
    return spec && this.#nftables.findElement(this.#table, spec, key);
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
