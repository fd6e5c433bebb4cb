/** Where an installation lies: clients in the folder of the CNI executables, all else in `.tsnet` beside them (ADR 10). */
import { join } from 'node:path';

export interface Layout {
  /** The folder that runtimes look into, without symbolic links. */
  cniDir: string;
  /** Holds everything but the clients. */
  hidden: string;
  lock: string;
  /** Takes the one file that is being written; renamed to its place when complete. */
  unfinished: string;
  /** Executables of others that clients took the place of. */
  replaced: string;
}

export function layoutOf(cniDir: string): Layout {
  const hidden = join(cniDir, '.tsnet');
  return {
    cniDir,
    hidden,
    lock: join(hidden, 'lock'),
    unfinished: join(hidden, 'unfinished'),
    replaced: join(hidden, 'replaced'),
  };
}

/** Holds `bin` and `lib` of one build; the client of that build looks for its bundle there. */
export function buildFolder({ hidden }: Layout, build: string): string {
  return join(hidden, build);
}

const buildName = /^[0-9a-f]{16}$/;

/** Whether an entry of {@link Layout.hidden} is the folder of a build. */
export function isBuildName(name: string): boolean {
  return buildName.test(name);
}
