/**
 * flock(2) by util-linux's flock(1), for hosts where FFI cannot load. The lock belongs to the open file, which the child
 * inherits: what the child locks stays locked for the caller when the child has ended.
 */
import { type CommandOptions, run, runSync } from '../command';
import { CommandError } from '../errors';

/** What flock(1) exits with when the lock was not free in time; its failures have codes of sysexits.h, from 64 on. */
const busy = 1;
/** Milliseconds for the program itself, beyond what it was told to wait. */
const grace = 10_000;

/** An open file, and how it is to be locked. */
export interface FlockTarget {
  fd: number;
  shared: boolean;
}

type Invocation = [argv: [string, ...string[]], options: CommandOptions];

function invocation({ fd, shared }: FlockTarget, patience: number): Invocation {
  const seconds = (patience / 1000).toFixed(3);
  return [
    ['flock', shared ? '--shared' : '--exclusive', '--timeout', seconds, '3'],
    { inherit: [fd], timeout: Math.ceil(patience) + grace },
  ];
}

function unlessBusy(error: unknown): false {
  if (error instanceof CommandError && error.exitCode === busy) return false;
  throw error;
}

/**
 * Locks an open file; waits at most `patience` milliseconds. A waiting child costs nothing, a series of tries a process each.
 * @returns false when others held it for so long
 * @throws CommandError
 */
export function waitForFlock(target: FlockTarget, patience: number): Promise<boolean> {
  return run(...invocation(target, patience)).then(() => true, unlessBusy);
}

/** As {@link waitForFlock}, but blocks the thread. */
export function waitForFlockSync(target: FlockTarget, patience: number): boolean {
  try {
    runSync(...invocation(target, patience));
    return true;
  } catch (error) {
    return unlessBusy(error);
  }
}
