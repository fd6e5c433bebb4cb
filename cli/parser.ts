/** The parser of `tsnet`'s arguments: yargs, made strict and given our wording. */
import yargs, { type Arguments, type Argv } from 'yargs';
import { commands } from './commands';
import { UsageError } from './failure';
import { encodeProgramArguments } from './program-arguments';

/** yargs' own text → the one that names what was expected. Its plural forms are objects, which its types do not know. */
const wording: Record<string, unknown> = {
  'Not enough non-option arguments: got %s, need at least %s': {
    one: 'missing argument: got %s, expected at least %s',
    other: 'missing argument: got %s, expected at least %s',
  },
  'Too many non-option arguments: got %s, maximum of %s': {
    one: 'too many arguments: got %s, expected at most %s',
    other: 'too many arguments: got %s, expected at most %s',
  },
  'Not enough arguments following: %s': 'option --%s: expected a value',
  'Missing required argument: %s': {
    one: 'missing option: expected --%s',
    other: 'missing options: expected --%s',
  },
  'Unknown argument: %s': { one: 'unknown argument "%s"', other: 'unknown arguments "%s"' },
};

/**
 * A parser of `argv` for every command. Parsing runs the command's handler.
 * @throws UsageError (when it parses) naming what is wrong with the arguments
 */
export function createParser(argv: readonly string[], version: string): Argv {
  const parser: Argv = yargs(encodeProgramArguments(argv));
  return parser
    .scriptName('tsnet')
    .usage('$0 <command>\n\nContainer networks: CNI plugins, containers, attachments.')
    .locale('en')
    .updateStrings(wording as Record<string, string>)
    .command([...commands])
    .demandCommand(1, 'expected a command')
    .strict()
    .parserConfiguration({ 'boolean-negation': false, 'parse-numbers': false })
    .check((parsed) => verifyNoneRepeated(parser, parsed))
    .version(version)
    .help()
    .alias('help', 'h')
    .fail(rethrow)
    .exitProcess(false);
}

/** yargs makes an array of an option that is given twice, whatever its type is. Keys in camel case repeat others. */
function verifyNoneRepeated(parser: Argv, parsed: Arguments): true {
  const { array } = (parser as unknown as { getOptions(): { array: string[] } }).getOptions();
  for (const [name, value] of Object.entries(parsed))
    if (/^[a-z-]*[a-z]$/.test(name) && Array.isArray(value) && !array.includes(name))
      throw new UsageError(`option --${name}: expected it once, got ${JSON.stringify(value)}`);
  return true;
}

/** yargs names what is wrong but has no error class of its own for it: everything it says is a usage error. */
function rethrow(message: string | undefined, error: Error | undefined): never {
  if (error && error.name !== 'YError') throw error;
  throw new UsageError(message ?? error?.message ?? 'wrong arguments');
}
