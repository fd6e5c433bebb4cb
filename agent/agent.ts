/**
 * The agent: one long-lived process on a host, with a room for each duty. Nothing on the data path depends on it, and
 * whoever asks it can do without (docs/agent.md).
 */
import { buildIdentity, buildVersion } from '../cni/build-marker';
import { notifyServiceManager } from '../linux/service-manager';
import { primeThreadPool } from '../linux/thread-pool';
import { cniRoom } from './cni/room';
import { awaitEnding } from './ending';
import { takeHost } from './host-lock';
import { createLog, type LogLevel } from './log';
import { keepHeapSmall } from './memory';
import { closeRooms, openRooms, type Room } from './room';

export interface AgentOptions {
  /** Absolute path of the socket; its folder is made when absent. */
  socket: string;
  logLevel: LogLevel;
}

/**
 * Serves until a signal or a defect ends it, and gives the exit code.
 * @throws SyscallError EBUSY when another agent serves this socket; what a room throws that cannot be opened
 */
export async function runAgent({ socket, logLevel }: AgentOptions): Promise<0 | 1> {
  keepHeapSmall();
  // no folder is held, and nothing is found relative to where somebody happened to start this
  process.chdir('/');
  const log = createLog(logLevel, openStandardError());
  const ending = awaitEnding(log, process);
  await primeThreadPool();
  using _host = await takeHost(socket);
  const rooms: Room[] = [cniRoom({ socket, log })];

  await openRooms(rooms);
  notifyServiceManager(process.env, 'READY=1');
  log.info(
    `agent ${buildVersion} (build ${buildIdentity}) serves ${rooms.map(({ name }) => name).join(', ')}`,
  );

  const { reason, exitCode } = await ending;
  log.info(`agent ends: ${reason}`);
  notifyServiceManager(process.env, 'STOPPING=1');
  await closeRooms(rooms);
  return exitCode;
}

/** A reader of the log that went away is no reason to end. */
function openStandardError(): (line: string) => void {
  process.stderr.on('error', () => {});
  return (line) => process.stderr.write(line);
}
