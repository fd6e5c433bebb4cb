/** Running commands in one namespace, whichever the calling thread is in by then. */
import { run, runSync } from '../command';
import { Netns } from '../netns/netns';
import { netnsPathForChildren } from '../netns/path';
import { doneInBatch, planBatches } from './batch';
import { asSyscallError } from './errors';
import type { CommandLine } from './render';

/** What a listing printed: nothing at all stands for an empty list. */
export function parseList<Item>(output: string): Item[] {
  return output.trim() === '' ? [] : (JSON.parse(output) as Item[]);
}

export class CommandNamespace implements Disposable {
  readonly #netns: Netns;

  /** @param netns kept open under a descriptor of its own; the calling thread's namespace when absent */
  constructor(netns?: Netns) {
    this.#netns = netns ? Netns.open(`/proc/self/fd/${netns.fd}`) : Netns.current();
  }

  /**
   * Runs a command and gives its output.
   * @throws SyscallError `operation: cause`
   */
  run(operation: string, command: CommandLine): string {
    try {
      // Texts are matched, so they may not be translated.
      return runSync(this.#placed(command), { env: { LC_ALL: 'C' } });
    } catch (error) {
      throw asSyscallError(operation, error);
    }
  }

  /** As {@link run}, without blocking the event loop. It goes on when this has been disposed of. */
  async runAside(operation: string, command: CommandLine): Promise<void> {
    using held = new CommandNamespace(this.#netns);
    try {
      await run(held.#placed(command), { env: { LC_ALL: 'C' } });
    } catch (error) {
      throw asSyscallError(operation, error);
    }
  }

  /**
   * Runs commands one after another, in as few processes as they allow, up to the first that fails.
   * @param undoFirst runs when the kernel refused a later command than the first
   * @returns what the last process printed
   * @throws SyscallError `operation: cause`
   */
  runAll(operation: string, commands: readonly CommandLine[], undoFirst?: CommandLine): string {
    let done = 0;
    let output = '';
    try {
      for (const { command, input, count } of planBatches(commands)) {
        output = runSync(this.#placed(command), { env: { LC_ALL: 'C' }, ...(input && { input }) });
        done += count;
      }
      return output;
    } catch (error) {
      done += doneInBatch(error);
      if (undoFirst && done > 0) this.run(operation, undoFirst);
      throw asSyscallError(operation, error);
    }
  }

  /** As {@link run}, for commands that print a JSON list. */
  list<Item>(operation: string, command: CommandLine): Item[] {
    return parseList(this.run(operation, command));
  }

  #placed(command: CommandLine): CommandLine {
    using here = Netns.current();
    return this.#netns.equals(here)
      ? command
      : ['nsenter', `--net=${netnsPathForChildren(this.#netns)}`, ...command];
  }

  [Symbol.dispose](): void {
    this.#netns.close();
  }
}
