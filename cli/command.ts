import type { Argv, CommandModule } from 'yargs';

/** A command as {@link commands} lists it, its own options forgotten. */
export type Command = CommandModule<object, object>;

/** One command whose handler gets exactly the arguments that its builder declares. */
interface CommandDefinition<Options> extends Omit<CommandModule<object, Options>, 'builder'> {
  /** Synopsis: `attach <network> <netns>`. */
  command: string;
  describe: string;
  /** Options, positionals and at least one example. */
  builder: (yargs: Argv<object>) => Argv<Options>;
}

/**
 * Gives the command back with its handler's arguments inferred from its builder. Handlers import what is heavy by
 * `await import`, so that help and version load only the parser.
 */
export function defineCommand<Options>(definition: CommandDefinition<Options>): Command {
  return definition as unknown as Command;
}

/** A command that only groups others: `network` in `tsnet network ls`. */
export function defineCommandGroup(name: string, describe: string, commands: readonly Command[]): Command {
  return {
    command: name,
    describe,
    builder: (yargs) =>
      yargs
        .command([...commands])
        .demandCommand(1, `expected a command after "${name}"`)
        .strict(),
    handler: () => {},
  };
}
