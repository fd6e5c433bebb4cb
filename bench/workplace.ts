/** The folder that a run works in: one run at a time, and gone afterwards, also when an earlier run was killed. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'tsnet-bench-run-';

/** A name in the kernel's abstract namespace: free again as soon as its owner ends, however it ends. */
function lock(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error('start benchmark: another one is running on this machine') : error);
    });
    server.listen('\0tsnet-bench', () => resolve(server));
  });
}

export interface Workplace extends Disposable {
  folder: string;
}

/** @throws Error when another benchmark is running */
export async function openWorkplace(): Promise<Workplace> {
  const server = await lock();
  const stale = readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
  for (const name of stale) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  const folder = mkdtempSync(join(tmpdir(), prefix));
  return {
    folder,
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
      server.close();
    },
  };
}
