/** Entry of `tsnet`: parses arguments, runs one command, turns what it throws into an exit code. */
import { commands } from './commands';
import { reportFailure, UsageError } from './failure';

declare const TSNET_VERSION: string | undefined;

/** The bundle knows its version; tests run from source, which has none. */
const version = typeof TSNET_VERSION === 'string' ? TSNET_VERSION : 'unbundled';

/** yargs names what is wrong but has no error class of its own for it: everything it says is a usage error. */
function rethrow(message: string | undefined, error: Error | undefined): never {
  if (error && error.name !== 'YError') throw error;
  throw new UsageError(message ?? error?.message ?? 'wrong arguments');
}

async function createParser(argv: readonly string[]) {
  const { default: yargs } = await import('yargs');
  return yargs([...argv])
    .scriptName('tsnet')
    .usage('$0 <command>\n\nContainer networks: CNI plugins, containers, attachments.')
    .command([...commands])
    .demandCommand(1, 'expected a command')
    .strict()
    .recommendCommands()
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'parse-numbers': false,
      'duplicate-arguments-array': true,
    })
    .version(version)
    .help()
    .alias('help', 'h')
    .fail(rethrow)
    .exitProcess(false);
}

/** A reader that went away (`tsnet network ls | head -1`) is no failure. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Runs the command that `argv` names. Never throws: failures end as one line on stderr and `process.exitCode`. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  process.stdout.on('error', ignoreClosedPipe);
  if (argv.length === 1 && argv[0] === '--version') return console.log(version);
  try {
    await (await createParser(argv)).parseAsync();
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}
