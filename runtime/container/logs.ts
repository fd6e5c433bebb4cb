/** What a detached container wrote. Its monitor keeps no pipe: the files are its standard output and error themselves. */
import { closeSync, createReadStream, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stdio } from '../launch/launcher';
import type { ContainerRecord } from '../store/container-record';
import { containerFolder } from '../store/container-store';
import { containerState } from './container';

const names = ['stdout.log', 'stderr.log'] as const;
/** Milliseconds between two looks at a log that is followed. */
const interval = 50;

/** Standard streams of a container that nobody listens to. Appending: two starts do not overwrite each other. */
export class LogStdio implements Disposable {
  readonly stdio: Stdio;

  constructor(record: Pick<ContainerRecord, 'id'>) {
    const [out, err] = names.map((name) => openSync(join(containerFolder(record.id), name), 'a', 0o600));
    this.stdio = ['ignore', out!, err!];
  }

  [Symbol.dispose](): void {
    for (const fd of this.stdio) if (typeof fd === 'number') closeSync(fd);
  }
}

/** Copies what lies after `offset`; gives the new offset. */
async function copyFrom(path: string, offset: number, target: Writable): Promise<number> {
  if (!existsSync(path)) return offset;
  let copied = offset;
  for await (const chunk of createReadStream(path, { start: offset })) {
    copied += (chunk as Buffer).length;
    if (!target.write(chunk)) await new Promise((resolve) => target.once('drain', resolve));
  }
  return copied;
}

/** @param follow go on until the container does not run */
export async function copyLogs(
  record: ContainerRecord,
  targets: [stdout: Writable, stderr: Writable],
  follow: boolean,
): Promise<void> {
  const offsets = [0, 0];
  for (;;) {
    const last = !follow || containerState(record).status !== 'running';
    for (const [i, name] of names.entries())
      offsets[i] = await copyFrom(join(containerFolder(record.id), name), offsets[i]!, targets[i]!);
    if (last) return;
    await sleep(interval);
  }
}
