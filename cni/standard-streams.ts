/** Whole-stream reads and writes on file descriptors: much quicker to start than Node's stream objects. */
import { fstatSync, readFileSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** All of standard input; nothing from a terminal, where a person would wait for us while we wait for them. */
export async function readStandardInput(): Promise<Buffer> {
  if (isTerminal(0)) return Buffer.alloc(0);
  try {
    return readFileSync(0);
  } catch (error) {
    if (!hasCode(error, 'EAGAIN')) throw error;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Asked in two steps: loading `node:tty`, for what is a pipe or a file nearly always, takes 4 ms. */
function isTerminal(fd: number): boolean {
  return fstatSync(fd).isCharacterDevice() && isatty(fd);
}

/**
 * Writes everything, however small the pipe; a reader that went away is nobody's error.
 * @returns false when there is no room for it, as on a full disk
 */
export function writeAll(fd: number, text: string): boolean {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (hasCode(error, 'EPIPE', 'EBADF')) return true;
      if (!hasCode(error, 'EAGAIN')) return false;
      pause();
    }
  }
  return true;
}

/** A millisecond for the reader of a full non-blocking pipe. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes(String((error as NodeJS.ErrnoException).code));
}
