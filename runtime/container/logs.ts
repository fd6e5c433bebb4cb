/** What a container wrote: two files for each stream, of which the older one is dropped when the newer one is full. */
import { closeSync, createReadStream, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../linux/errors';
import { flock, LOCK_EX, LOCK_NB } from '../../linux/libc';
import type { LogPlan } from '../launch/log-writer';
import type { ContainerRecord } from '../store/container-record';
import { containerFolder } from '../store/container-store';
import { containerState } from './container';

/** Milliseconds between two looks at a log that is followed. */
const interval = 50;
/** Looks at what a container that has ended may have left in a pipe. */
const maxRest = 40;

const streams = [
  { stream: 1, name: 'stdout.log' },
  { stream: 2, name: 'stderr.log' },
] as const;

function pathOf({ id }: Pick<ContainerRecord, 'id'>, name: string): string {
  return join(containerFolder(id), name);
}

/** @param forward whether the caller gets it, too */
export function planLogs(record: Pick<ContainerRecord, 'id'>, forward: boolean): LogPlan[] {
  return streams.map(({ stream, name }) => {
    const path = pathOf(record, name);
    return { stream, path, size: statSync(path, { throwIfNoEntry: false })?.size ?? 0, forward };
  });
}

/** Calls with the open file; undefined when there is none. */
async function withFile<T>(path: string, action: (fd: number) => Promise<T>): Promise<T | undefined> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return await action(fd);
  } finally {
    closeSync(fd);
  }
}

/** Reads one stream's log, across rotations. */
class LogReader {
  readonly #path: string;
  readonly #target: Writable;
  #inode: number | undefined;
  #offset = 0;

  constructor(path: string, target: Writable) {
    this.#path = path;
    this.#target = target;
  }

  /** Copies what is new. */
  async copyNew(): Promise<void> {
    const current = statSync(this.#path, { throwIfNoEntry: false })?.ino;
    if (current !== this.#inode) await this.#copy(`${this.#path}.1`);
    await this.#copy(this.#path);
  }

  async #copy(path: string): Promise<void> {
    await withFile(path, async (fd) => {
      const { ino } = statSync(`/proc/self/fd/${fd}`);
      if (ino !== this.#inode) this.#offset = 0;
      this.#inode = ino;
      for await (const bytes of createReadStream('', { fd, start: this.#offset, autoClose: false })) {
        this.#offset += (bytes as Buffer).length;
        if (!this.#target.write(bytes)) await new Promise((resolve) => this.#target.once('drain', resolve));
      }
    });
  }

  /** Whether all that the container wrote is in the file. */
  async isComplete(): Promise<boolean> {
    const free = await withFile(this.#path, async (fd) => flock(fd, LOCK_EX | LOCK_NB) === 0);
    return free ?? true;
  }
}

/** @param follow go on until the container does not run */
export async function copyLogs(
  record: ContainerRecord,
  targets: [stdout: Writable, stderr: Writable],
  follow: boolean,
): Promise<void> {
  const readers = streams.map(
    ({ stream, name }) => new LogReader(pathOf(record, name), targets[stream - 1]!),
  );
  for (let rest = 0; ; ) {
    const runs = containerState(record).status === 'running';
    const complete = (await Promise.all(readers.map((reader) => reader.isComplete()))).every(Boolean);
    for (const reader of readers) await reader.copyNew();
    if (runs ? !follow : complete || ++rest > maxRest) return;
    await sleep(interval);
  }
}
