/** One at a time changes a container: start and rm hold its lock (flock(2)), which ends with the process that has it. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../linux/errors';
import { check, flock, LOCK_EX, LOCK_NB } from '../../linux/libc';
import { containerFolder } from '../store/container-store';

const interval = 10;
/** Milliseconds; plugins of a network may take their time. */
const timeout = 60_000;

function tryLock(fd: number, id: string): boolean {
  try {
    check(`lock container "${id.slice(0, 12)}"`, flock(fd, LOCK_EX | LOCK_NB));
    return true;
  } catch (error) {
    if (hasCode(error, 'EAGAIN', 'EWOULDBLOCK')) return false;
    throw error;
  }
}

/** @throws Error when another process holds the lock for a minute */
export async function withLock<T>(id: string, action: () => Promise<T>): Promise<T> {
  const fd = openSync(join(containerFolder(id), 'lock'), 'a', 0o600);
  try {
    for (let waited = 0; !tryLock(fd, id); waited += interval) {
      if (waited >= timeout) throw new Error(`lock container "${id.slice(0, 12)}": another command holds it`);
      await sleep(interval);
    }
    return await action();
  } finally {
    closeSync(fd);
  }
}
