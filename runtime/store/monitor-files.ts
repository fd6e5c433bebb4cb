/** The two files that a container's monitor writes: `pid` at the start, `exit` at the end (launch/monitor.ts). */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../linux/errors';
import type { ContainerEnd } from './container-record';

/** wait(2): the low seven bits are the signal, the next byte is the exit status. */
export function exitCodeOf(waitStatus: number): number {
  const signal = waitStatus & 0x7f;
  return signal === 0 ? (waitStatus >> 8) & 0xff : 128 + signal;
}

function findBytes(path: string, size: number): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    return bytes.length >= size ? bytes : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export function findPid(folder: string): number | undefined {
  return findBytes(join(folder, 'pid'), 8)?.readUInt32LE(4);
}

export function findEnd(folder: string): ContainerEnd | undefined {
  const bytes = findBytes(join(folder, 'exit'), 24);
  if (!bytes) return undefined;
  const milliseconds = Number(bytes.readBigInt64LE(8)) * 1000 + Number(bytes.readBigInt64LE(16)) / 1e6;
  return { exitCode: exitCodeOf(bytes.readUInt32LE(0)), finished: new Date(milliseconds).toISOString() };
}

/** Before a new start: the former one is forgotten. */
export function removeMonitorFiles(folder: string): void {
  for (const name of ['pid', 'exit', 'exit.new']) rmSync(join(folder, name), { force: true });
}
