/** nft's error texts as errno codes: it has one exit status for all failures and prints strerror(3) of what the kernel said. */
import { constants } from 'node:os';
import { CommandError, hasCode, SyscallError } from '../../errors';
import { type ErrnoName, findErrno } from '../../strerror';
import { changeOperation } from '../operation';
import type { Script } from './script';

/** What nft finds out by itself in interval sets of one field. */
const errnoOfExplanation: Record<string, ErrnoName> = {
  'element does not exist': 'ENOENT',
  'interval overlaps with an existing one': 'EEXIST',
};

/** `Could not process rule: ` stands before what the kernel refused, nothing before what nft's own cache lacks. */
function errnoIn(stderr: string): ErrnoName | undefined {
  const cause = /Error: (?:Could not process rule: )?(.+)$/m.exec(stderr)?.[1];
  return cause === undefined ? undefined : (errnoOfExplanation[cause] ?? findErrno(cause));
}

/**
 * What a failed command means to the caller of `operation`. Mistakes in nft's language stay CommandError EXIT.
 * An absent program must not look like an absent object: its ENOENT becomes ENOSYS.
 */
export function asNftError(operation: string, error: unknown): Error {
  if (!(error instanceof CommandError)) return error as Error;
  if (hasCode(error, 'ENOENT')) return new SyscallError(operation, constants.errno.ENOSYS, error.message);
  const code = errnoIn(error.stderr);
  return code ? new SyscallError(operation, constants.errno[code]) : error;
}

/** The line of the input that nft names first. */
function failedLine(error: unknown): number {
  return Number(/^[^:\n]*:(\d+):\d+/m.exec((error as { stderr?: string }).stderr ?? '')?.[1] ?? 1);
}

export function asScriptError(script: Script, error: unknown): Error {
  const change = script.changes[failedLine(error) - 1];
  return asNftError(change ? changeOperation(change) : 'change nftables', error);
}
