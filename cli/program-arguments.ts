/**
 * Keeps the arguments of a container's program away from the option parser: in `tsnet run -d web sh -c ls`, what follows
 * the image belongs to the container. They travel as one hidden option.
 */

import * as v from 'valibot';
import { UsageError } from './failure';

/** Commands whose first argument ends their own options, and their options that take no value. */
const switches: Record<string, readonly string[]> = {
  run: ['-d', '--detach', '--rm', '-h', '--help', '--version'],
  exec: ['-d', '--detach', '-h', '--help', '--version'],
};

export const programArguments = 'program-arguments';

/** Whether the option is followed by its value. `-dp` ends with one that is; `-p80:80` and `--name=x` hold theirs. */
function takesNext(option: string, withoutValue: readonly string[]): boolean {
  if (option.startsWith('--')) return !option.includes('=') && !withoutValue.includes(option);
  return /^-[a-zA-Z]+$/.test(option) && !withoutValue.includes(`-${option.at(-1)}`);
}

/** The same arguments with all after the first one that is no option encoded in `--program-arguments`. */
export function encodeProgramArguments(argv: readonly string[]): string[] {
  const withoutValue = switches[argv[0] ?? ''];
  if (!withoutValue) return [...argv];
  let at = 1;
  while (at < argv.length && /^-./.test(argv[at]!) && argv[at] !== '--')
    at += takesNext(argv[at]!, withoutValue) ? 2 : 1;
  const options = argv.slice(0, at);
  const [first, ...program] = argv[at] === '--' ? argv.slice(at + 1) : argv.slice(at);
  if (first === undefined) return [...argv];
  return [...options, `--${programArguments}`, JSON.stringify(program), first];
}

/** The inverse. @throws UsageError */
export function decodeProgramArguments(text: string): string[] {
  try {
    return v.parse(v.array(v.string()), JSON.parse(text));
  } catch {
    throw new UsageError(`option --${programArguments}: expected a JSON array of strings, got "${text}"`);
  }
}
