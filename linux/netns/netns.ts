/**
 * Network namespaces: open, create, pin, compare, enter.
 *
 * Entering changes the calling thread only, so what runs inside is synchronous; a socket opened inside stays in that
 * namespace for its life (network_namespaces(7)). This is why {@link Netns.run} takes a plain function.
 */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, rmSync, statfsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { SyscallError } from '../errors';
import {
  CLONE_NEWNET,
  check,
  ffiAvailable,
  ioctl,
  MNT_DETACH,
  MS_BIND,
  mount,
  setns,
  umount2,
  unshare,
} from '../libc';
import { pinNewNetnsByCommand, unpinNetnsByCommand } from './command';

/** statfs(2) `f_type` of nsfs, which has every namespace file since Linux 3.19, also those that /proc links to. */
const NSFS_MAGIC = 0x6e736673;
/** ioctl_ns(2); kernels before 4.11 answer ENOTTY. */
const NS_GET_NSTYPE = 0xb703;
/** linux/sockios.h */
const SIOCGSKNS = 0x894c;
const ownPath = '/proc/thread-self/ns/net';

/** An open network namespace. Close it by `using` or {@link Netns.close}. */
export class Netns implements Disposable {
  readonly path: string;
  readonly fd: number;

  private constructor(path: string, fd: number) {
    this.path = path;
    this.fd = fd;
  }

  /**
   * Opens the namespace behind a path such as `/run/netns/c1` or `/proc/42/ns/net`.
   * @throws SyscallError ENOENT when there is no such file, EINVAL when it is not a namespace
   */
  static open(path: string): Netns {
    let fd: number | undefined;
    try {
      requireNamespaceFile(path);
      fd = openSync(path, 'r');
      requireNetworkType(fd);
      return new Netns(path, fd);
    } catch (error) {
      if (fd !== undefined) closeSync(fd);
      throw asSyscallError(`open netns "${path}"`, error);
    }
  }

  /** The namespace that the calling thread is in. */
  static current(): Netns {
    try {
      // Nothing else can be there
      return new Netns(ownPath, openSync(ownPath, 'r'));
    } catch (error) {
      throw asSyscallError(`open netns "${ownPath}"`, error);
    }
  }

  /**
   * The namespace that a socket belongs to, whichever the calling thread is in (SIOCGSKNS, socket(7)).
   * @throws SyscallError EPERM without CAP_NET_ADMIN there, ENOTTY before Linux 4.10
   */
  static ofSocket(socket: number): Netns {
    const operation = `open netns of socket ${socket}`;
    const fd = check(operation, ioctl(socket, SIOCGSKNS, Buffer.alloc(0)));
    return new Netns(`/proc/self/fd/${fd}`, fd);
  }

  /** Device and inode of the namespace: equal for every path and process that shows the same namespace. */
  get identity(): string {
    const { dev, ino } = fstatSync(this.fd, { bigint: true });
    return `${dev}:${ino}`;
  }

  equals(other: Netns): boolean {
    return this.identity === other.identity;
  }

  /**
   * Runs `action` inside this namespace and comes back, also when it throws. `action` must be synchronous.
   * A thread that cannot come back would do everything later in the wrong place: the process aborts.
   *
   * It needs FFI. What has to work without it offers an operation on a namespace instead, such as `ensureSysctlsIn`.
   * @throws SyscallError EINVAL when it is a namespace of another type, ENOSYS where FFI is turned off
   */
  run<T>(action: () => T extends PromiseLike<unknown> ? never : T): T {
    using home = Netns.current();
    check(`enter netns "${this.path}"`, setns(this.fd, CLONE_NEWNET));
    try {
      return action() as T;
    } finally {
      if (setns(home.fd, CLONE_NEWNET) !== 0) process.abort();
    }
  }

  /**
   * Moves the calling thread here until the result is disposed of. All that the thread does meanwhile happens here: only
   * for a process that does nothing else. Otherwise as {@link Netns.run}.
   * @throws SyscallError
   */
  enter(): Disposable {
    const home = Netns.current();
    try {
      check(`enter netns "${this.path}"`, setns(this.fd, CLONE_NEWNET));
    } catch (error) {
      home.close();
      throw error;
    }
    return {
      [Symbol.dispose]: () => {
        if (setns(home.fd, CLONE_NEWNET) !== 0) process.abort();
        home.close();
      },
    };
  }

  close(): void {
    closeSync(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function requireNamespaceFile(path: string): void {
  if (statfsSync(path).type !== NSFS_MAGIC) refuseFile();
}

/** Mount and other namespaces have files of the same kind. */
function requireNetworkType(fd: number): void {
  if (!ffiAvailable()) return;
  const type = ioctl(fd, NS_GET_NSTYPE, Buffer.alloc(0));
  if (type !== -1 && type !== CLONE_NEWNET) refuseFile();
}

function refuseFile(): never {
  throw Object.assign(new Error(), { errno: -constants.errno.EINVAL, code: 'EINVAL' });
}

function asSyscallError(operation: string, error: unknown): Error {
  const { code, errno } = error as NodeJS.ErrnoException;
  if (code === undefined || errno === undefined) return error as Error;
  return new SyscallError(
    operation,
    Math.abs(errno),
    code === 'EINVAL' ? 'not a network namespace' : undefined,
  );
}

/**
 * Creates a network namespace pinned at `path` by a bind mount (what `ip netns add` does) and opens it.
 * @throws SyscallError EEXIST when the file exists
 */
export function createNetns(path: string): Netns {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  try {
    closeSync(openSync(path, 'wx', 0o444));
  } catch (error) {
    throw asSyscallError(`create netns "${path}"`, error);
  }
  try {
    if (ffiAvailable()) pinNewNetns(path);
    else pinNewNetnsByCommand(path);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
  return Netns.open(path);
}

function pinNewNetns(path: string): void {
  using home = Netns.current();
  check('unshare network namespace', unshare(CLONE_NEWNET));
  try {
    check(`pin netns "${path}"`, mount(ownPath, path, null, MS_BIND, null));
  } finally {
    if (setns(home.fd, CLONE_NEWNET) !== 0) process.abort();
  }
}

/** Unpins a namespace: detaches the bind mount and removes the file. Absent is fine. */
export function removeNetns(path: string): void {
  if (!existsSync(path)) return;
  if (ffiAvailable()) umount2(path, MNT_DETACH);
  else unpinNetnsByCommand(path);
  rmSync(path, { force: true });
}
