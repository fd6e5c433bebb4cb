/** Starts the native launcher on a table, and hears from it. */
// execa is not used here: the launcher needs further descriptors by number, and each millisecond counts
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { errnoName, hasCode } from '../../linux/errors';
import { SealedMemfd } from '../../linux/memfd';
import { Pidfd } from '../../linux/pidfd';
import { fd } from './kernel-constants';
import { execOperation } from './process';
import type { Program } from './program';

/** Standard input, output and error of the container: descriptors of this process, or nothing. */
export type Stdio = [number | 'ignore', number | 'ignore', number | 'ignore'];

/** A child of the launcher. Whether it becomes the program is told by {@link Launch.started}. */
export interface Launch {
  pid: number;
  /** Fulfilled when the program runs, rejected with a {@link LaunchError} when an operation failed. */
  started: Promise<void>;
  /** The wait status (wait(2)) of the child. */
  ended: Promise<number>;
  /** Signals the child. One that has ended gets none. */
  signal: (signal: NodeJS.Signals) => void;
  /** Stops listening: the caller may exit while the container runs. */
  release: () => void;
}

/** An operation of the table that the kernel refused. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
  /** errno name. */
  readonly code: string;
  /** Whether all was made and only the program could not be executed. */
  readonly inProgram: boolean;

  constructor(what: string, errno: number) {
    const code = errnoName(errno);
    super(`${what}: ${causes[code] ?? code}`);
    this.code = code;
    this.inProgram = what.startsWith(execOperation);
  }
}

const causes: Record<string, string> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  ENOTDIR: 'not a directory',
  ELOOP: 'a symbolic link is in the way',
  ENOEXEC: 'exec format error',
};

/** Where the launcher lies: beside the executables (dist/bin → dist/lib), or where scripts/setup installs it. */
function launcherPath(): string {
  const program = process.argv[1];
  const beside =
    program && existsSync(program) ? [join(dirname(realpathSync(program)), '../lib/launcher')] : [];
  const candidates = [...beside, '/usr/local/lib/tsnet/launcher'];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) throw new Error(`find launcher: none of ${candidates.join(', ')} exists`);
  return found;
}

/** Eight-byte reports of the launcher: { errno, operation }, or { 0, pid }. */
async function* reports(stream: Readable): AsyncGenerator<[number, number]> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (; rest.length >= 8; rest = rest.subarray(8)) yield [rest.readUInt32LE(0), rest.readUInt32LE(4)];
  }
}

async function readEnd(stream: Readable): Promise<number> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) rest = Buffer.concat([rest, chunk as Buffer]);
  if (rest.length < 4) throw new Error('wait for container: its monitor was killed');
  return rest.readUInt32LE(0);
}

/** Hears to the end that no operation failed: the report closes when the program is executed. */
async function awaitStart(program: Program, rest: AsyncGenerator<[number, number]>): Promise<void> {
  for await (const [errno, op] of rest) if (errno !== 0) throw new LaunchError(program.what(op), errno);
}

function startLauncher(program: Program, stdio: Stdio, descriptors: readonly number[]): ChildProcess {
  // sealed: what a container sees as /proc/<pid>/exe of its launcher can be written by nobody (CVE-2019-5736)
  const code = [{ offset: 0, bytes: readFileSync(launcherPath()) }];
  using launcher = SealedMemfd.create('tsnet-launcher', code);
  using table = SealedMemfd.create('tsnet-table', program.encode());
  return spawn(`/proc/self/fd/${launcher.fd}`, [], {
    argv0: 'tsnet-monitor',
    stdio: [...stdio, 'pipe', table.fd, 'pipe', ...descriptors],
    detached: true,
    cwd: '/',
    env: {},
  });
}

/**
 * Runs the table.
 * @param descriptors given to the launcher from number 6 on
 */
export async function launch(
  program: Program,
  stdio: Stdio,
  descriptors: readonly number[] = [],
): Promise<Launch> {
  const monitor = startLauncher(program, stdio, descriptors);
  const failed = new Promise<never>((_, reject) => monitor.once('error', reject));
  failed.catch(() => {});
  const [report, notice] = [fd.report, fd.notice].map((i) => (monitor.stdio as unknown as Readable[])[i]!);
  const heard = reports(report!);
  const ended = readEnd(notice!);
  ended.catch(() => {});
  const first = await Promise.race([heard.next(), failed]);
  if (first.done) throw new Error('start launcher: it ended without a report');
  const [errno, value] = first.value;
  const started = errno === 0 ? awaitStart(program, heard) : refuse(program, errno, value);
  const release = () => {
    monitor.unref();
    for (const stream of [report, notice]) stream!.destroy();
  };
  return {
    pid: value,
    started: started.catch((error) => afterEnd(ended, error)),
    ended,
    signal: signaller(value),
    release,
  };
}

/** Holds on to the process, so that a signal never reaches another one that got its pid. */
function signaller(pid: number): Launch['signal'] {
  let child: Pidfd | undefined;
  const ignoreGone = (action: () => void) => {
    try {
      action();
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error;
    }
  };
  ignoreGone(() => {
    child = Pidfd.open(pid);
  });
  return (signal) => ignoreGone(() => child?.signal(constants.signals[signal]));
}

function refuse(program: Program, errno: number, op: number): Promise<never> {
  return Promise.reject(new LaunchError(program.what(op), errno));
}

/** The monitor still writes down the end of a child that failed: who cleans up comes after it. */
async function afterEnd(ended: Promise<number>, error: unknown): Promise<never> {
  await ended.catch(() => {});
  throw error;
}
