import type { PlannedElement } from './nftables-forward';
import type { PlannedChain, PlannedRule } from './nftables-set';
import type { Skeleton, SkeletonChain, TableFamily } from './nftables-skeleton';

/** Collects the input of one `nft -f`, which the kernel takes as a whole or not at all. */
export class NftScript {
  readonly #table: string;
  readonly #lines: string[] = [];

  constructor(family: TableFamily) {
    this.#table = `${family} tsnet`;
  }

  get text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  addTable(): void {
    this.#lines.push(`add table ${this.#table}`);
  }

  deleteTable(): void {
    this.#lines.push(`delete table ${this.#table}`);
  }

  addSet({ kind, name, definition }: Skeleton['sets'][number]): void {
    this.#lines.push(`add ${kind} ${this.#table} ${name} { ${definition} }`);
  }

  /** Creates the chain when absent, and empties it. */
  resetChain({ name, base }: Pick<SkeletonChain, 'name' | 'base'>): void {
    const hook = base && ` { type ${base.type} hook ${base.hook} priority ${base.priority}; policy accept; }`;
    this.#lines.push(`add chain ${this.#table} ${name}${hook ?? ''}`);
    this.#lines.push(`flush chain ${this.#table} ${name}`);
  }

  addRule(chain: string, { text, comment }: PlannedRule): void {
    this.#lines.push(`add rule ${this.#table} ${chain} ${text} comment "${comment}"`);
  }

  addChain(chain: PlannedChain): void {
    this.resetChain({ name: chain.name });
    for (const rule of chain.rules) this.addRule(chain.name, rule);
  }

  deleteRule(chain: string, handle: number): void {
    this.#lines.push(`delete rule ${this.#table} ${chain} handle ${handle}`);
  }

  deleteChain(name: string): void {
    this.#lines.push(`flush chain ${this.#table} ${name}`, `delete chain ${this.#table} ${name}`);
  }

  addElements(elements: readonly PlannedElement[], comment: string): void {
    this.#elements(
      'add',
      elements,
      ({ key, value }) => `${key} comment "${comment}"${value === undefined ? '' : ` : ${value}`}`,
    );
  }

  deleteElements(elements: readonly PlannedElement[]): void {
    this.#elements('delete', elements, ({ key }) => key);
  }

  /** One command per set, whatever the number of elements. */
  #elements(
    verb: string,
    elements: readonly PlannedElement[],
    text: (element: PlannedElement) => string,
  ): void {
    for (const set of new Set(elements.map((element) => element.set))) {
      const texts = elements.filter((element) => element.set === set).map(text);
      this.#lines.push(`${verb} element ${this.#table} ${set} { ${texts.join(', ')} }`);
    }
  }
}
