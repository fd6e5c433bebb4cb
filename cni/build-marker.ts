/** How our executables are told from others': the build writes what it is into each of them. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

declare const TSNET_VERSION: string | undefined;

declare const TSNET_BUILD: string | undefined;

/** Digest of the sources that this code was built from; `source` when it runs unbuilt. Client and agent compare it. */
export const buildIdentity = typeof TSNET_BUILD === 'undefined' ? 'source' : TSNET_BUILD;

/** The version that this code was built as; `source` when it runs unbuilt. */
export const buildVersion = typeof TSNET_VERSION === 'undefined' ? 'source' : TSNET_VERSION;

const markerWithin = 256;
const elf = '\x7fELF';
/** Bytes; a client has 20 KiB. Larger programs are not ours and not read. */
const largestClient = 1 << 20;

/** Files that were looked at, by everything that changes when they do → whether they are clients of this build. */
const known = new Map<string, boolean>();
const mostKnown = 64;

/**
 * Whether `file` is the executable of `type` from the same version of this suite, or a client of the same build installed
 * under that name (native/client.c), so that its code is our own.
 */
export function isOwnBuild(file: string, type: string): boolean {
  const fd = openSync(file, 'r');
  try {
    const start = read(fd, markerWithin).toString('latin1');
    if (start.startsWith(elf)) return isOwnClient(fd);
    return start.split('\n')[1] === `// tsnet ${buildVersion} ${type}`;
  } finally {
    closeSync(fd);
  }
}

function isOwnClient(fd: number): boolean {
  const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(fd, { bigint: true });
  if (size > largestClient) return false;
  const key = [dev, ino, size, mtimeNs, ctimeNs].join(':');
  const before = known.get(key);
  if (before !== undefined) return before;
  const own = read(fd, Number(size)).includes(`tsnet-client ${buildIdentity}\0`);
  if (known.size >= mostKnown) known.clear();
  known.set(key, own);
  return own;
}

/** The first bytes of a file, as many as there are. */
function read(fd: number, most: number): Buffer {
  const bytes = Buffer.alloc(most);
  return bytes.subarray(0, readSync(fd, bytes, 0, most, 0));
}
