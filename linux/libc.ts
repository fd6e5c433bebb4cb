/**
 * The only door to libc: every system call that Node has no API for is declared here.
 *
 * koffi's own loader costs 8 to 10 ms of a plugin's start (it inspects the Node executable); its addon opened directly by
 * process.dlopen costs 1 ms and gives the same API. Where the addon cannot be found, koffi itself is asked.
 */
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { SyscallError } from './errors';

type Koffi = typeof import('koffi').default;
type Library = ReturnType<Koffi['load']>;

const addonInPackage = `@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`;

/** Where the addon may lie: beside the executables (dist/bin → dist/lib), or where scripts/setup installs it. */
function addonCandidates(): string[] {
  const program = process.argv[1];
  const besideProgram = program && existsSync(program) ? dirname(realpathSync(program)) : undefined;
  return [
    ...(besideProgram ? [join(besideProgram, '../lib/koffi.node'), join(besideProgram, 'koffi.node')] : []),
    '/usr/local/lib/tsnet/koffi.node',
    '/usr/lib/tsnet/koffi.node',
  ];
}

function loadKoffi(): Koffi {
  const path =
    addonCandidates().find((candidate) => existsSync(candidate)) ?? require.resolve(addonInPackage);
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports as Koffi;
}

let koffi: Koffi | undefined;
let library: Library | undefined;

const turnedOff = () => process.env.TSNET_NO_FFI === '1';

/**
 * The loaded koffi, for callers inside linux/ that need its memory functions.
 * @throws SyscallError ENOSYS where FFI is turned off; Error where its addon cannot load
 */
export function ffi(): Koffi {
  if (turnedOff()) throw new SyscallError('load FFI', constants.errno.ENOSYS, 'TSNET_NO_FFI is 1');
  koffi ??= loadKoffi();
  return koffi;
}

/** Whether FFI works here. When it does not, linux/ falls back to external commands. `TSNET_NO_FFI=1` turns it off. */
export function ffiAvailable(): boolean {
  if (turnedOff()) return false;
  try {
    ffi();
    return true;
  } catch {
    return false;
  }
}

/**
 * Declares a libc function once, lazily.
 *
 * @param prototype C prototype in koffi's syntax, for example `int setns(int fd, int nstype)`
 */
function declare<Args extends unknown[]>(prototype: string): (...args: Args) => number {
  let call: ((...args: Args) => number) | undefined;
  return (...args) => {
    library ??= ffi().load('libc.so.6');
    call ??= library.func(prototype) as unknown as (...args: Args) => number;
    return call(...args);
  };
}

/**
 * As {@link declare}, but the call runs on a thread of libuv's pool. Its errno is lost: after -1, ask again synchronously.
 * Only for calls that do not care which thread makes them.
 */
function declareAsync<Args extends unknown[]>(prototype: string): (...args: Args) => Promise<number> {
  let call: ReturnType<Library['func']> | undefined;
  return (...args) => {
    library ??= ffi().load('libc.so.6');
    call ??= library.func(prototype);
    const { async: start } = call;
    return new Promise((resolve, reject) =>
      start(...args, (error: unknown, result: number) => (error ? reject(error) : resolve(result))),
    );
  };
}

/** errno of the last libc call of this thread. */
export function lastErrno(): number {
  return ffi().errno();
}

/** Throws a {@link SyscallError} for `operation` when a libc call returned -1; gives its result otherwise. */
export function check(operation: string, result: number): number {
  if (result === -1) throw new SyscallError(operation, lastErrno());
  return result;
}

/** Repeats a call that a signal interrupted. */
export function retryInterrupted(call: () => number): number {
  for (;;) {
    const result = call();
    if (result !== -1 || lastErrno() !== 4 /* EINTR */) return result;
  }
}

// Namespaces and mounts
export const unshare = declare<[flags: number]>('int unshare(int flags)');
export const setns = declare<[fd: number, type: number]>('int setns(int fd, int nstype)');
export const mount = declare<
  [source: string | null, target: string, type: string | null, flags: number, data: string | null]
>(
  'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
);
export const umount2 = declare<[target: string, flags: number]>('int umount2(const char *target, int flags)');
export const ioctl = declare<[fd: number, request: number, argument: Buffer]>(
  'int ioctl(int fd, unsigned long request, _Inout_ void *argument)',
);
export const flock = declare<[fd: number, operation: number]>('int flock(int fd, int operation)');

// Processes and anonymous files
/** Declared with four arguments: enough for the calls that older C libraries do not wrap. */
export const syscall = declare<[number: number, a: number, b: number, c: number, d: number]>(
  'long syscall(long number, long a, long b, long c, long d)',
);
export const memfdCreate = declare<[name: string, flags: number]>(
  'int memfd_create(const char *name, unsigned int flags)',
);
export const fcntl = declare<[fd: number, command: number, argument: number]>(
  'int fcntl(int fd, int command, int argument)',
);

// Sockets
export const socket = declare<[domain: number, type: number, protocol: number]>(
  'int socket(int domain, int type, int protocol)',
);
export const bind = declare<[fd: number, address: Buffer, length: number]>(
  'int bind(int fd, const void *addr, unsigned int len)',
);
export const connect = declare<[fd: number, address: Buffer, length: number]>(
  'int connect(int fd, const void *addr, unsigned int len)',
);
export const send = declare<[fd: number, data: Buffer, length: number, flags: number]>(
  'long send(int fd, const void *data, size_t len, int flags)',
);
export const recv = declare<[fd: number, data: Buffer, length: number, flags: number]>(
  'long recv(int fd, _Out_ void *data, size_t len, int flags)',
);
/** As {@link send} and {@link recv}, for requests that keep the kernel busy for long. */
export const sendAsync = declareAsync<[fd: number, data: Buffer, length: number, flags: number]>(
  'long send(int fd, const void *data, size_t len, int flags)',
);
export const recvAsync = declareAsync<[fd: number, data: Buffer, length: number, flags: number]>(
  'long recv(int fd, _Out_ void *data, size_t len, int flags)',
);
export const setsockopt = declare<[fd: number, level: number, option: number, value: Buffer, length: number]>(
  'int setsockopt(int fd, int level, int option, const void *value, unsigned int len)',
);
/** `length` is read and written: the room in `value`, then how much of it was used. */
export const getsockopt = declare<[fd: number, level: number, option: number, value: Buffer, length: Buffer]>(
  'int getsockopt(int fd, int level, int option, _Out_ void *value, _Inout_ void *len)',
);
export const close = declare<[fd: number]>('int close(int fd)');
export const closeAsync = declareAsync<[fd: number]>('int close(int fd)');

export const CLONE_FS = 0x200;
export const CLONE_NEWNS = 0x20000;
export const CLONE_NEWNET = 0x40000000;
export const MS_RDONLY = 1;
export const MS_BIND = 4096;
export const MS_REC = 16384;
export const MS_PRIVATE = 1 << 18;
export const MNT_DETACH = 2;
export const LOCK_SH = 1;
export const LOCK_EX = 2;
export const LOCK_NB = 4;
export const LOCK_UN = 8;
