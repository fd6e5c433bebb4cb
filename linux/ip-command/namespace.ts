/** Running commands in one namespace, whichever the calling thread is in by then. */
import { runSync } from '../command';
import { Netns } from '../netns';
import { netnsPathForChildren } from '../netns-path';
import { asSyscallError } from './errors';
import type { CommandLine } from './render';

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

  /** As {@link run}, for commands that print a JSON list. */
  list<Item>(operation: string, command: CommandLine): Item[] {
    const output = this.run(operation, command).trim();
    return output === '' ? [] : (JSON.parse(output) as Item[]);
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
