import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CniError, ErrorCode } from '../../../cni/errors';
import { hasCode } from '../../../linux/errors';

function ioFailure(operation: string, error: unknown): CniError {
  if (error instanceof CniError) return error;
  return new CniError(ErrorCode.ioFailure, `${operation}: ${causeOf(error as Error)}`);
}

/** Runs a file operation; its failure becomes a CniError 5 that says what was being done. */
export function doing<T>(operation: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw ioFailure(operation, error);
  }
}

/** As {@link doing}, for an operation of many turns. */
export async function doingInTurns<T>(operation: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw ioFailure(operation, error);
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

/** As {@link ifPresent}, for an operation on another thread. */
export async function ifPresentLater<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** As mkdir -p. Node's own never ends where a file system refuses new folders with ENOENT, as that of /proc does. */
export function ensureFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) ensureFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
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
