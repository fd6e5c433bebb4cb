/** Long work in turns, so that other calls of the same process go on meanwhile. */
import { type Dir, opendirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { monotonicNow } from '../../../values/clock';

/** Milliseconds of one turn. */
const longest = 2;
/** Items between two looks at the clock. */
const pieceSize = 16;

/** Does `work` for each item, in order; the event loop runs whenever that has taken long enough. */
export async function forEachInTurns<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let began = monotonicNow();
  let done = 0;
  for (const item of items) {
    work(item);
    done += 1;
    if (done % pieceSize !== 0 || monotonicNow() - began < longest) continue;
    await nextTurn();
    began = monotonicNow();
  }
}

/** Names in a folder. Synchronous like all else here: threads of the pool may see another mount namespace. */
export async function listNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  const entries = opendirSync(folder, { bufferSize: 256 });
  try {
    await forEachInTurns(namesOf(entries), (name) => names.push(name));
  } finally {
    entries.closeSync();
  }
  return names;
}

function* namesOf(entries: Dir): Generator<string> {
  for (let entry = entries.readSync(); entry; entry = entries.readSync()) yield entry.name;
}

/** As rm -rf. */
export async function removeFolder(folder: string): Promise<void> {
  await forEachInTurns(await listNames(folder), (name) =>
    rmSync(join(folder, name), { recursive: true, force: true }),
  );
  rmSync(folder, { recursive: true, force: true });
}
