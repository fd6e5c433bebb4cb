/** The socket that clients connect to: the service manager's, or our own in a folder that only root may enter. */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { constants } from 'node:os';
import { SyscallError } from '../../linux/errors';
import { findPassedSocket } from '../../linux/service-manager';

/** Clients that have connected and are not yet met: as many as a burst of a container runtime. */
const backlog = 1_024;

/**
 * Listens on `path`, or on the socket that the service manager passed.
 * @throws SyscallError EADDRINUSE when somebody answers at `path`
 */
export async function listen(server: Server, path: string): Promise<void> {
  const passed = findPassedSocket(process.env, process.pid);
  if (passed !== undefined) return started(server, (ready) => server.listen({ fd: passed }, backlog, ready));
  await removeStale(path);
  await started(server, (ready) => server.listen({ path, backlog }, ready));
  chmodSync(path, 0o600);
}

function started(server: Server, start: (ready: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    start(() => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** What an agent that was killed left behind. The caller holds the host's lock, so no agent of ours is behind it. */
async function removeStale(path: string): Promise<void> {
  if (!existsSync(path)) return;
  if (await isAnswered(path))
    throw new SyscallError(`serve "${path}"`, constants.errno.EADDRINUSE, 'another process answers there');
  rmSync(path);
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
  });
}
