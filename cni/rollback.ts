/**
 * The undo list of one ADD. Each change registers its undo when it is made; a failure runs them, newest first. Once they
 * run, a change that still comes in (an interrupted ADD goes on until it next looks) is undone too, and refused.
 */
export class Rollback {
  readonly #undos: (() => void | Promise<void>)[] = [];
  #running = false;

  /** @throws Error when the rollback runs already */
  defer(undo: () => void | Promise<void>): void {
    this.#undos.push(undo);
    if (this.#running) throw new Error('register undo: rollback is running');
  }

  /**
   * Runs every undo, newest first, whatever the others do.
   * @returns the errors of those that failed
   */
  async run(): Promise<unknown[]> {
    this.#running = true;
    const errors: unknown[] = [];
    for (let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}
