import { CniError, ErrorCode } from '../../../cni/errors';
import { hasCode } from '../../../linux/errors';

/** Runs a file operation; its failure becomes a CniError 5 that says what was being done. */
export function doing<T>(operation: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof CniError) throw error;
    throw new CniError(ErrorCode.ioFailure, `${operation}: ${causeOf(error as Error)}`);
  }
}

/** Node's `ENOSPC: no space left on device, open '/x'` without what the operation says already. */
function causeOf({ message }: Error): string {
  return /^E[A-Z0-9]+: (.*), [a-z]+( |$)/.exec(message)?.[1] ?? message;
}

/** Runs a file operation that may find its file gone; undefined then. */
export function ifPresent<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Runs what may fail without harm; whether it succeeded. */
export function attempt(run: () => void): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
