/** How our executables are told from others': the build writes a marker line below the interpreter line. */
import { closeSync, openSync, readSync } from 'node:fs';

declare const TSNET_VERSION: string | undefined;

declare const TSNET_BUILD: string | undefined;

/** Digest of the sources that this code was built from; `source` when it runs unbuilt. Client and agent compare it. */
export const buildIdentity = typeof TSNET_BUILD === 'undefined' ? 'source' : TSNET_BUILD;

/** The version that this code was built as; `source` when it runs unbuilt. */
export const buildVersion = typeof TSNET_VERSION === 'undefined' ? 'source' : TSNET_VERSION;

const markerWithin = 256;

/** Whether `file` is the executable of `type` from the same version of this suite, so that its code is our own. */
export function isOwnBuild(file: string, type: string): boolean {
  const fd = openSync(file, 'r');
  try {
    const start = Buffer.alloc(markerWithin);
    const length = readSync(fd, start, 0, markerWithin, 0);
    return start.toString('latin1', 0, length).split('\n')[1] === `// tsnet ${buildVersion} ${type}`;
  } finally {
    closeSync(fd);
  }
}
