/** The undo list of one ADD. Each change registers its undo when it is made; a failure runs them, newest first. */
export class Rollback {
  readonly #undos: (() => void | Promise<void>)[] = [];

  defer(undo: () => void | Promise<void>): void {
    this.#undos.push(undo);
  }

  /**
   * Runs every undo, newest first, whatever the others do.
   * @returns the errors of those that failed
   */
  async run(): Promise<unknown[]> {
    const errors: unknown[] = [];
    for (const undo of this.#undos.reverse()) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#undos.length = 0;
    return errors;
  }
}
