/**
 * Turns within this process, in front of a lock between processes: who comes first goes first, without polling. Those who
 * may hold it together go together, but nobody overtakes one who waits.
 */
interface Waiter {
  shared: boolean;
  start(): void;
}

/** Ends a turn. Only the first call counts. */
export type EndTurn = () => void;

class Queue {
  #waiting: Waiter[] = [];
  #running = 0;
  #exclusive = false;

  get idle(): boolean {
    return this.#running === 0 && this.#waiting.length === 0;
  }

  add(waiter: Waiter): void {
    this.#waiting.push(waiter);
    this.#admit();
  }

  remove(waiter: Waiter): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiter);
    this.#admit();
  }

  end(): void {
    this.#running -= 1;
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#admits(next); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#running += 1;
      this.#exclusive = !next.shared;
      next.start();
    }
  }

  #admits({ shared }: Waiter): boolean {
    return this.#running === 0 || (shared && !this.#exclusive);
  }
}

/** Queues in which somebody is, by what they are for. */
const queues = new Map<string, Queue>();

function queueOf(name: string): Queue {
  const queue = queues.get(name) ?? new Queue();
  queues.set(name, queue);
  return queue;
}

function forget(name: string, queue: Queue): void {
  if (queue.idle && queues.get(name) === queue) queues.delete(name);
}

/**
 * Waits for a turn.
 * @param name what the turns are for
 * @param patience milliseconds
 * @returns what ends the turn; undefined when it did not come in time
 */
export function takeTurn(
  name: string,
  { shared, patience }: { shared: boolean; patience: number },
): Promise<EndTurn | undefined> {
  const queue = queueOf(name);
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let begun = false;
    const waiter: Waiter = {
      shared,
      start: () => {
        begun = true;
        clearTimeout(timer);
        resolve(once(() => leave(() => queue.end())));
      },
    };
    const leave = (how: () => void) => {
      how();
      forget(name, queue);
    };
    queue.add(waiter);
    if (begun) return;
    timer = setTimeout(() => {
      resolve(undefined);
      leave(() => queue.remove(waiter));
    }, patience);
  });
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
