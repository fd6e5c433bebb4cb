/** What is used of an AbortSignal, which is one. */
export interface Interruption {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options: { once: true }): void;
}

/** An {@link Interruption} that a process of one call raises itself: loading AbortController takes it a millisecond. */
export class Interrupter implements Interruption {
  aborted = false;
  reason: unknown;
  readonly #listeners = new Set<() => void>();

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Calls every listener; the first time only. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.#listeners) listener();
  }
}
