/** One agent on a host: two would answer calls on one network without knowing of each other. */
import { mkdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { hasCode, SyscallError } from '../linux/errors';
import { FileLock } from '../linux/flock/flock';

/**
 * Takes the place of the agent behind `socket`, until the process ends or the lock is released.
 * @throws SyscallError EBUSY when another agent has it; EPERM when others than its owner may write to its folder
 */
export async function takeHost(socket: string): Promise<FileLock> {
  const folder = dirname(socket);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  verifyOwnFolder(folder);
  try {
    return await FileLock.acquire(`${socket}.lock`, { timeout: 0 });
  } catch (error) {
    if (!hasCode(error, 'ETIMEDOUT')) throw error;
    throw new SyscallError(`serve "${socket}"`, constants.errno.EBUSY, 'another agent serves it');
  }
}

/** Who may write to the folder may put a socket of his own there. */
function verifyOwnFolder(folder: string): void {
  const { uid, mode } = statSync(folder);
  if (uid === process.geteuid?.() && (mode & 0o022) === 0) return;
  throw new SyscallError(`serve in "${folder}"`, constants.errno.EPERM, 'others may write to this folder');
}
