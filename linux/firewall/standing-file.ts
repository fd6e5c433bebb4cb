/**
 * What was last found, or left, of our tables, for processes that come after: a small file below /run. It counts for one
 * generation of one network namespace of one boot. Whoever loses it, or ends before writing it, looks again.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from '../errors';
import { findNetnsCookie } from '../netns/cookie';
import { statePath } from '../state-folder';
import type { OwnFamily } from './nftables-skeleton';

/** Of a table whose skeleton is intact, or of one that is not there. */
export interface Standing {
  made: boolean;
  owners: number;
}

export interface Standings {
  generation: number;
  tables: Partial<Record<OwnFamily, Standing>>;
}

const path = () => statePath('nftables.json');

export class StandingFile {
  readonly #identity: string | undefined;

  /** Of the calling thread's network namespace. */
  constructor() {
    const cookie = findNetnsCookie();
    const boot = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    this.#identity = cookie === undefined ? undefined : `${boot()} ${cookie}`;
  }

  find(generation: number): Standings['tables'] | undefined {
    if (this.#identity === undefined) return undefined;
    const read = readJson() as (Standings & { identity: string }) | undefined;
    return read?.identity === this.#identity && read.generation === generation ? read.tables : undefined;
  }

  /** Where it cannot be written, others look for themselves. Nobody waits for the disk: it does not outlive the boot. */
  write(standings: Standings): void {
    if (this.#identity === undefined) return;
    const draft = `${path()}.${process.pid}`;
    const text = JSON.stringify({ identity: this.#identity, ...standings });
    try {
      writeBelow(draft, text);
      renameSync(draft, path());
    } catch {
      rmSync(draft, { force: true });
    }
  }
}

/** The folder is there but for the first time. */
function writeBelow(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
  }
}

/** Undefined for a file that is absent or was damaged. */
function readJson(): unknown {
  try {
    return JSON.parse(readFileSync(path(), 'utf8')) ?? undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || (error as Error).name === 'SyntaxError') return undefined;
    throw error;
  }
}
