/** What the agent has done for clients, and what it is doing. */

export interface Counts {
  running: number;
  served: number;
  /** Served, with another exit code than 0. */
  failed: number;
  /** Left to the client's own executable. */
  refused: number;
}

export class Ledger {
  readonly #open = new Set<Promise<void>>();
  #served = 0;
  #failed = 0;
  #refused = 0;

  get counts(): Counts {
    return {
      running: this.#open.size,
      served: this.#served,
      failed: this.#failed,
      refused: this.#refused,
    };
  }

  /** Remembers a call until nothing of it goes on. */
  begin(settled: Promise<void>): void {
    this.#open.add(settled);
    settled.finally(() => this.#open.delete(settled));
  }

  end(exitCode: number): void {
    this.#served += 1;
    if (exitCode !== 0) this.#failed += 1;
  }

  refuse(): void {
    this.#refused += 1;
  }

  /** Waits until no call is open, at most so many milliseconds. @returns how many still are */
  async drain(patience: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([Promise.all(this.#open), over]);
    clearTimeout(timer);
    return this.#open.size;
  }
}
