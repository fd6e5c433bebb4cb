/** What is known of a ruleset that says itself when it was changed: facts of one generation. Pure. */
export class Knowledge {
  #generation: number | undefined;
  readonly #facts = new Map<string, unknown>();

  find<T>(generation: number | undefined, name: string): T | undefined {
    return generation !== undefined && generation === this.#generation
      ? (this.#facts.get(name) as T | undefined)
      : undefined;
  }

  /** What was known of an earlier generation is forgotten; what is told of one is not taken. */
  remember(generation: number, name: string, fact: unknown): void {
    if (this.#generation !== undefined && isEarlier(generation, this.#generation)) return;
    if (generation !== this.#generation) this.#facts.clear();
    this.#generation = generation;
    this.#facts.set(name, fact);
  }

  /** After a change of our own, which raised the generation by one. What it made untrue is to be dropped. */
  follow(generation: number): void {
    if (generation === this.#generation) this.#generation = nextGeneration(generation);
  }

  drop(name: string): void {
    this.#facts.delete(name);
  }
}

/** As far as a counter of 32 bits that begins again can tell. */
function isEarlier(one: number, other: number): boolean {
  return (one - other) >>> 0 > 2 ** 31;
}

/** The kernel counts in 32 bits and leaves out zero (nf_tables_commit). */
export function nextGeneration(generation: number): number {
  return (generation + 1) % 2 ** 32 || 1;
}
