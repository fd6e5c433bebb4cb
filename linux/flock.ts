/**
 * Locks between processes by flock(2), on a file that exists for nothing else. The kernel lets go when the holder dies.
 *
 * A wait is a series of tries: a blocking flock() would stop the event loop, or, on another thread, could not be cancelled.
 */
import { closeSync, constants as fsConstants, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, SyscallError } from './errors';
import { flock, LOCK_EX, LOCK_NB, lastErrno, retryInterrupted } from './libc';

export interface LockOptions {
  /** Milliseconds to wait for other holders; 30 s unless told. 0 tries once. */
  timeout?: number;
}

const defaultTimeout = 30_000;
const firstPause = 1;
const longestPause = 25;

/** An exclusive lock. It ends with `using`, {@link FileLock.release}, or the process. */
export class FileLock implements Disposable {
  readonly path: string;
  readonly #fd: number;
  #held = true;

  private constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  /**
   * Waits for the lock without blocking the event loop. The file and its folder (mode 0700) are made when absent.
   * @throws SyscallError ETIMEDOUT; ELOOP when the file is a symbolic link; EACCES …
   */
  static async acquire(path: string, options: LockOptions = {}): Promise<FileLock> {
    for (const pause of pauses(path, options)) {
      const lock = FileLock.#attempt(path);
      if (lock) return lock;
      await sleep(pause);
    }
    throw timedOut(path);
  }

  /** As {@link FileLock.acquire}, but blocks the thread: for code that may not be asynchronous. */
  static acquireSync(path: string, options: LockOptions = {}): FileLock {
    const never = new Int32Array(new SharedArrayBuffer(4));
    for (const pause of pauses(path, options)) {
      const lock = FileLock.#attempt(path);
      if (lock) return lock;
      Atomics.wait(never, 0, 0, pause);
    }
    throw timedOut(path);
  }

  static #attempt(path: string): FileLock | undefined {
    const fd = openLockFile(path);
    if (isLocked(path, fd)) return new FileLock(path, fd);
    closeSync(fd);
    return undefined;
  }

  /** Lets go. Twice is fine. */
  release(): void {
    if (this.#held) closeSync(this.#fd);
    this.#held = false;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Runs `action` under the lock and lets go when it has ended, however it ended. */
export async function withLock<T>(
  path: string,
  action: () => T | Promise<T>,
  options?: LockOptions,
): Promise<T> {
  using _lock = await FileLock.acquire(path, options);
  return await action();
}

/** The pauses between tries, growing, until the deadline: at least one try. */
function* pauses(path: string, { timeout = defaultTimeout }: LockOptions): Generator<number> {
  if (Number.isNaN(timeout) || timeout < 0)
    throw new SyscallError(`lock "${path}"`, constants.errno.EINVAL, `timeout ${timeout} is not a duration`);
  const deadline = performance.now() + timeout;
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    const left = deadline - performance.now();
    yield Math.max(0, Math.min(pause, left));
    if (left <= 0) return;
  }
}

function timedOut(path: string): SyscallError {
  return new SyscallError(`lock "${path}"`, constants.errno.ETIMEDOUT, 'another process holds it');
}

function openLockFile(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Node opens every file with O_CLOEXEC, so that no child keeps the lock.
    return openSync(path, fsConstants.O_RDWR | fsConstants.O_CREAT | fsConstants.O_NOFOLLOW, 0o600);
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    throw errno === undefined ? error : new SyscallError(`lock "${path}"`, Math.abs(errno));
  }
}

/** Tries the lock. A file that was removed or replaced meanwhile guards nothing: its lock does not count. */
function isLocked(path: string, fd: number): boolean {
  if (retryInterrupted(() => flock(fd, LOCK_EX | LOCK_NB)) === 0) return isStillAt(path, fd);
  const errno = lastErrno();
  if (errno === constants.errno.EWOULDBLOCK) return false;
  closeSync(fd);
  throw new SyscallError(`lock "${path}"`, errno);
}

function isStillAt(path: string, fd: number): boolean {
  try {
    const [held, found] = [fstatSync(fd, { bigint: true }), statSync(path, { bigint: true })];
    return held.dev === found.dev && held.ino === found.ino;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
