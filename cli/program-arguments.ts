/**
 * Keeps the arguments of a container's program away from the option parser: in `tsnet run -d web sh -c ls`, what follows
 * the image belongs to the container. They travel as one hidden option.
 */
import * as v from 'valibot';
import { UsageError } from './failure';

/** Commands whose first argument ends their own options, and those of their options that take a value. */
const valued: Record<string, readonly string[]> = {
  run: [
    ...['-p', '--publish', '-v', '--volume', '-e', '--env', '-m', '--memory', '-u', '--user'],
    ...['--name', '--network', '--net', '--cpus', '--pids-limit', '--hostname'],
  ],
  exec: ['-e', '--env', '-w', '--workdir'],
};

export const programArguments = 'program-arguments';

/** Whether the option is followed by its value. `-dp` ends with one that is; `-p80:80` and `--name=x` hold theirs. */
function takesNext(option: string, withValue: readonly string[]): boolean {
  if (option.startsWith('--')) return withValue.includes(option);
  const letters = [...option.slice(1)];
  const taking = letters.findIndex((letter) => withValue.includes(`-${letter}`));
  return taking >= 0 && taking === letters.length - 1;
}

/** The same arguments with all after the first one that is no option encoded in `--program-arguments`. */
export function encodeProgramArguments(argv: readonly string[]): string[] {
  const withValue = valued[argv[0] ?? ''];
  if (!withValue) return [...argv];
  let at = 1;
  while (at < argv.length && /^-./.test(argv[at]!) && argv[at] !== '--')
    at += takesNext(argv[at]!, withValue) ? 2 : 1;
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
