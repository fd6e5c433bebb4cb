/** What is known of a ruleset that says itself when it was changed: facts of one generation. Pure. */
export class Knowledge {
  #generation: number | undefined;
  readonly #facts = new Map<string, unknown>();

  find<T>(generation: number | undefined, name: string): T | undefined {
    return generation !== undefined && generation === this.#generation
      ? (this.#facts.get(name) as T | undefined)
      : undefined;
  }

  /** What was known of another generation is forgotten. */
  remember(generation: number, name: string, fact: unknown): void {
    if (generation !== this.#generation) this.#facts.clear();
    this.#generation = generation;
    this.#facts.set(name, fact);
  }

  /** After a change of our own, which leaves true what is known, and raised the generation by one. */
  follow(generation: number): void {
    if (generation === this.#generation) this.#generation = nextGeneration(generation);
  }

  forget(): void {
    this.#generation = undefined;
    this.#facts.clear();
  }
}

/** The kernel counts in 32 bits and leaves out zero (nf_tables_commit). */
export function nextGeneration(generation: number): number {
  return (generation + 1) % 2 ** 32 || 1;
}
