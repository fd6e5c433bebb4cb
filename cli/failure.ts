/** How a failure reaches a person: one line on stderr and an exit code. */

/** Exit codes of every command, unless the command passes on the one of a program that it ran. */
export const ExitCode = { success: 0, failure: 1, usage: 2 } as const;

/** A mistake in the arguments. The message names the argument, its value and what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

interface Failure {
  code?: unknown;
  message?: unknown;
  details?: unknown;
  stack?: unknown;
}

/** Plugins and configurations choose part of the text: newlines and terminal escapes in it become spaces. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal
  return text.replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}

/** The line for a failure: message, then CNI code and details where it has them. */
export function describeFailure(error: unknown): string {
  const { code, message, details } = (error ?? {}) as Failure;
  const text = typeof message === 'string' && message !== '' ? message : String(error);
  const cniCode = typeof code === 'number' ? ` (CNI error ${code})` : '';
  const more = typeof details === 'string' && details !== '' ? `: ${details}` : '';
  return oneLine(`${text}${cniCode}${more}`);
}

export function exitCodeOf(error: unknown): number {
  return (error as Failure | undefined)?.code === 'USAGE' ? ExitCode.usage : ExitCode.failure;
}

/**
 * Prints the failure on stderr, with its stack when TSNET_DEBUG is set, and gives the exit code.
 * @param help the command line that would have helped, for wrong arguments
 */
export function reportFailure(error: unknown, help: string): number {
  const exitCode = exitCodeOf(error);
  const hint = exitCode === ExitCode.usage ? ` (see "${help}")` : '';
  console.error(`tsnet: ${describeFailure(error)}${hint}`);
  if (process.env.TSNET_DEBUG) console.error((error as Failure | undefined)?.stack ?? error);
  return exitCode;
}
