/** Talking to systemd: sockets that it opened for us (sd_listen_fds(3)) and telling it how we are (sd_notify(3)). */
import { constants } from 'node:os';
import { SyscallError } from './errors';
import { check, close, connect, send, socket } from './libc';

type Variables = Readonly<Record<string, string | undefined>>;

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const MSG_NOSIGNAL = 0x4000;
const firstPassed = 3;
/** sun_path of unix(7). */
const longestPath = 108;

/**
 * The listening socket that the service manager passed to this process, if it did.
 * @throws SyscallError E2BIG when it passed several
 */
export function findPassedSocket(env: Variables, pid: number): number | undefined {
  if (env.LISTEN_PID !== String(pid) || !env.LISTEN_FDS) return undefined;
  if (env.LISTEN_FDS !== '1')
    throw new SyscallError(
      'take passed socket',
      constants.errno.E2BIG,
      `${env.LISTEN_FDS} were passed, not 1`,
    );
  return firstPassed;
}

/**
 * Tells the service manager, where there is one.
 * @param state `READY=1`, `STOPPING=1` and the like, each on a line of its own
 * @throws SyscallError
 */
export function notifyServiceManager(env: Variables, state: string): void {
  if (!env.NOTIFY_SOCKET) return;
  const address = encodeUnixAddress(env.NOTIFY_SOCKET);
  const fd = check('open notification socket', socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0));
  try {
    check('connect to service manager', connect(fd, address, address.length));
    const message = Buffer.from(state);
    check('notify service manager', send(fd, message, message.length, MSG_NOSIGNAL));
  } finally {
    close(fd);
  }
}

/** A leading `@` stands for the abstract namespace. @throws SyscallError EINVAL */
function encodeUnixAddress(path: string): Buffer {
  const name = Buffer.from(path.replace(/^@/, '\0'));
  if (!/^[/@]/.test(path) || name.length >= longestPath)
    throw new SyscallError(`notify "${path}"`, constants.errno.EINVAL);
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  const end = path.startsWith('@') ? [] : [Buffer.alloc(1)];
  return Buffer.concat([family, name, ...end]);
}
