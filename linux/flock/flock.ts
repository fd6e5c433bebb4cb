/**
 * Locks between processes by flock(2), on a file that exists for nothing else. The kernel lets go when the holder dies.
 *
 * Within the process those who wait take turns. Against other processes a wait is a series of tries: a blocking flock() would
 * stop the event loop, or, on another thread, could not be cancelled.
 */
import { closeSync, constants as fsConstants, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNow } from '../../values/clock';
import { hasCode, SyscallError } from '../errors';
import { ffiAvailable, flock, LOCK_EX, LOCK_NB, LOCK_SH, lastErrno, retryInterrupted } from '../libc';
import { waitForFlock, waitForFlockSync } from './command';
import { type EndTurn, takeTurn } from './turns';

export interface LockOptions {
  /** Milliseconds to wait for other holders; 30 s unless told. 0 tries once. */
  timeout?: number;
  /** Beside others that hold it shared, too; exclusive unless told. */
  shared?: boolean;
}

const defaultTimeout = 30_000;
const firstPause = 1;
const longestPause = 25;

/** A lock that is held. It ends with `using`, {@link FileLock.release}, or the process. */
export class FileLock implements Disposable {
  readonly path: string;
  /** The open file that carries the lock: a child that inherits it keeps the lock until that child has ended too. */
  readonly fd: number;
  #held = true;
  /** Lets the next of this process go. */
  #endTurn: EndTurn = () => {};

  private constructor(path: string, fd: number) {
    this.path = path;
    this.fd = fd;
  }

  /**
   * Waits for the lock without blocking the event loop. The file and its folder (mode 0700) are made when absent.
   * @throws SyscallError ETIMEDOUT; ELOOP when the file is a symbolic link; EACCES …
   */
  static async acquire(path: string, options: LockOptions = {}): Promise<FileLock> {
    const { shared = false, timeout = defaultTimeout } = options;
    requireDuration(path, timeout);
    const deadline = monotonicNow() + timeout;
    const endTurn = await takeTurn(path, { shared, patience: timeout });
    if (!endTurn) throw timedOut(path, 'another call of this process holds it');
    try {
      const left = Math.max(0, deadline - monotonicNow());
      const lock = await FileLock.#poll(path, { shared, timeout: left });
      lock.#endTurn = endTurn;
      return lock;
    } catch (error) {
      endTurn();
      throw error;
    }
  }

  static async #poll(path: string, options: LockOptions): Promise<FileLock> {
    for (const { left, pause } of tries(path, options)) {
      const lock = ffiAvailable()
        ? FileLock.#attempt(path, options)
        : await FileLock.#wait(path, left, options);
      if (lock) return lock;
      await sleep(pause);
    }
    throw timedOut(path);
  }

  /** As {@link FileLock.acquire}, but blocks the thread: for code that may not be asynchronous. */
  static acquireSync(path: string, options: LockOptions = {}): FileLock {
    const never = new Int32Array(new SharedArrayBuffer(4));
    for (const { left, pause } of tries(path, options)) {
      const lock = ffiAvailable()
        ? FileLock.#attempt(path, options)
        : FileLock.#waitSync(path, left, options);
      if (lock) return lock;
      Atomics.wait(never, 0, 0, pause);
    }
    throw timedOut(path);
  }

  static #attempt(path: string, { shared = false }: LockOptions): FileLock | undefined {
    const lock = new FileLock(path, openLockFile(path));
    return lock.#keepIf(lock.#releasingOnError(() => tryFlock(lock, shared)));
  }

  static async #wait(
    path: string,
    patience: number,
    { shared = false }: LockOptions,
  ): Promise<FileLock | undefined> {
    const lock = new FileLock(path, openLockFile(path));
    const wait = waitForFlock({ fd: lock.fd, shared }, patience);
    wait.catch(() => lock.release());
    return lock.#keepIf(await wait);
  }

  static #waitSync(path: string, patience: number, { shared = false }: LockOptions): FileLock | undefined {
    const lock = new FileLock(path, openLockFile(path));
    return lock.#keepIf(lock.#releasingOnError(() => waitForFlockSync({ fd: lock.fd, shared }, patience)));
  }

  #releasingOnError<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** A file that was removed or replaced meanwhile guards nothing: its lock does not count. */
  #keepIf(locked: boolean): this | undefined {
    if (locked && this.#releasingOnError(() => isStillAt(this.path, this.fd))) return this;
    this.release();
    return undefined;
  }

  /** Lets go. Twice is fine. */
  release(): void {
    if (this.#held) closeSync(this.fd);
    this.#held = false;
    this.#endTurn();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Runs `action` under the lock and lets go when it has ended, however it ended. */
export async function withLock<T>(
  path: string,
  action: (lock: FileLock) => T | Promise<T>,
  options?: LockOptions,
): Promise<T> {
  using lock = await FileLock.acquire(path, options);
  return await action(lock);
}

/** Milliseconds that are left, and to pause after a try that failed: growing, until the deadline. At least one try. */
function* tries(
  path: string,
  { timeout = defaultTimeout }: LockOptions,
): Generator<{ left: number; pause: number }> {
  requireDuration(path, timeout);
  const deadline = monotonicNow() + timeout;
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    const left = Math.max(0, deadline - monotonicNow());
    yield { left, pause: Math.min(pause, left) };
    if (left <= 0) return;
  }
}

function requireDuration(path: string, timeout: number): void {
  if (Number.isNaN(timeout) || timeout < 0)
    throw new SyscallError(`lock "${path}"`, constants.errno.EINVAL, `timeout ${timeout} is not a duration`);
}

function timedOut(path: string, cause = 'another process holds it'): SyscallError {
  return new SyscallError(`lock "${path}"`, constants.errno.ETIMEDOUT, cause);
}

function openLockFile(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Node opens every file with O_CLOEXEC, so that no child keeps the lock but one that is to inherit it.
    return openSync(path, fsConstants.O_RDWR | fsConstants.O_CREAT | fsConstants.O_NOFOLLOW, 0o600);
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    throw errno === undefined ? error : new SyscallError(`lock "${path}"`, Math.abs(errno));
  }
}

function tryFlock({ path, fd }: FileLock, shared: boolean): boolean {
  const kind = shared ? LOCK_SH : LOCK_EX;
  if (retryInterrupted(() => flock(fd, kind | LOCK_NB)) === 0) return true;
  const errno = lastErrno();
  if (errno === constants.errno.EWOULDBLOCK) return false;
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
