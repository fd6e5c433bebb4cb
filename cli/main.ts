/** Entry of `tsnet`: parses arguments, runs one command, turns what it throws into an exit code. */
import { commands } from './commands';
import { usageExitCode } from './container-exit';
import { reportFailure } from './failure';

declare const TSNET_VERSION: string | undefined;

/** The bundle knows its version; tests run from source, which has none. */
const version = typeof TSNET_VERSION === 'string' ? TSNET_VERSION : 'unbundled';

/** A reader that went away (`tsnet network ls | head -1`) is no failure. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** The help that is nearest to what the user typed. */
function helpFor(typed: string | undefined): string {
  const known = commands.some(({ command }) => String(command).split(' ')[0] === typed);
  return known ? `tsnet ${typed} --help` : 'tsnet --help';
}

/** Runs the command that `argv` names. Never throws: failures end as one line on stderr and `process.exitCode`. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  process.stdout.on('error', ignoreClosedPipe);
  // containers see folders and files that are made here: whose umask it was must not matter
  process.umask(0o022);
  if (argv.length === 1 && argv[0] === '--version') {
    console.log(version);
    return;
  }
  try {
    const { createParser } = await import('./parser');
    await createParser(argv, version).parseAsync();
  } catch (error) {
    process.exitCode = usageExitCode(argv[0], reportFailure(error, helpFor(argv[0])));
  }
}
