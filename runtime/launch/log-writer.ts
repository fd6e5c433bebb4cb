/**
 * Keeps what a container writes, one process for each stream, in files that cannot fill the disk, and passes it on to the
 * caller when there is one. It needs no process of tsnet: whoever started the container may be gone.
 *
 * Bytes move from pipe to file inside the kernel (splice(2)), tee(2) makes the caller's copy. A table of system calls
 * cannot count: the size of a file is held by RLIMIT_FSIZE, and the EFBIG that it leads to is what rotates the files.
 */
import { AT_FDCWD, fd, O_CLOEXEC, SIGCHLD } from './kernel-constants';
import { Label, type Program, Slot } from './program';

const O_WRONLY_CREAT = 0o101;
const O_TRUNC = 0o1000;
const O_RDWR = 2;
const F_SETPIPE_SZ = 1031;
const SPLICE_F_NONBLOCK = 2;
const RLIMIT_FSIZE = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
/** Bytes in one file; one former file is kept beside it. */
export const maxLogSize = 10 * 1024 ** 2;
/** Bytes at once: what a pipe holds. */
const chunk = 65_536;
/** Bytes that wait for the log: more than what a round adds, as a rotation may leave some over. */
const backlog = 1024 ** 2;

export interface LogPlan {
  /** Descriptor of the container: standard output or error. */
  stream: 1 | 2;
  /** Locked (flock(2)) as long as something may still be written. */
  path: string;
  /** Bytes that it has already. */
  size: number;
  /** Write it to the caller's descriptor of the same number, too. */
  forward: boolean;
}

interface Pipe {
  reader: Slot;
  writer: Slot;
}

/** The open file, and the place in it where writing goes on. */
interface LogFile {
  path: string;
  file: Slot;
  offset: Slot;
}

function planPipe(program: Program): Pipe {
  const ends = program.words(0, 0);
  program.call('create pipe', 'pipe2', [ends, O_CLOEXEC]);
  // two 32-bit numbers: a call that takes a descriptor does not look at the upper half of its argument
  return { reader: new Slot(ends), writer: new Slot(ends + 4) };
}

function planOpen(program: Program, { path, file }: LogFile, flags: number): void {
  const open = [AT_FDCWD, program.text(path), O_WRONLY_CREAT | O_CLOEXEC | flags, 0o600];
  program.result(`open "${path}"`, 'openat', open, { store: file, tolerate: 'any' });
  program.call(`lock "${path}"`, 'flock', [file, LOCK_EX | LOCK_NB], { tolerate: 'any' });
}

function planRotate(program: Program, log: LogFile): void {
  const what = `rotate "${log.path}"`;
  const [from, to] = [program.text(log.path), program.text(`${log.path}.1`)];
  program.call(what, 'renameat2', [AT_FDCWD, from, AT_FDCWD, to, 0], { tolerate: 'any' });
  program.call(what, 'close', [log.file], { tolerate: 'any' });
  planOpen(program, log, O_TRUNC);
  // an operation that gives 0, the place in the new file
  program.call(what, 'close_range', [0xffffffff, 0xffffffff, 0], { store: log.offset });
}

/** What cannot be written is given up: a container never waits for a disk that is full. */
function planKeep(program: Program, waiting: Slot, log: LogFile & { nothing: Slot }): void {
  const what = `write "${log.path}"`;
  const [rotate, kept] = [new Label(), new Label()];
  const move = [waiting, 0, log.file, log.offset.address, backlog, SPLICE_F_NONBLOCK];
  program.call(what, 'splice', move, { tolerate: 'any', ifTolerated: rotate });
  program.jump(kept);
  program.land(rotate);
  planRotate(program, log);
  program.call(what, 'splice', move, { tolerate: 'any' });
  const discard = [waiting, 0, log.nothing, 0, backlog, SPLICE_F_NONBLOCK];
  program.call('discard output', 'splice', discard, { tolerate: 'any' });
  program.land(kept);
}

/** Takes the first `size` bytes out of the pipe. */
function planPass(program: Program, from: Slot, to: { size: Slot; stream: number | Slot }): void {
  const { size, stream } = to;
  if (typeof stream !== 'number') {
    program.call('take output', 'splice', [from, 0, stream, 0, size, 0]);
    return;
  }
  const buffer = program.bytes(Buffer.alloc(chunk));
  const taken = program.result('take output', 'read', [from, buffer, size]);
  // EIO: the caller's terminal is gone, only the log goes on. Nobody reads its pipe: this one ends, as in any pipeline
  program.call('pass output on', 'write', [stream, buffer, taken], { tolerate: 'EIO' });
}

/** Lets go of everything but the pipe, the caller's stream and the notice, which tells by its end that all is delivered. */
function planOnly(program: Program, writer: Slot, kept: number | undefined): Slot {
  const device = program.text('/dev/null');
  const nothing = program.result('open "/dev/null"', 'openat', [AT_FDCWD, device, O_RDWR | O_CLOEXEC, 0]);
  for (const descriptor of [0, 1, 2, fd.report])
    if (descriptor !== kept) program.call('let descriptor go', 'dup3', [nothing, descriptor, 0]);
  program.call('close pipe', 'close', [writer]);
  return nothing;
}

function planCopy(program: Program, { reader, writer }: Pipe, plan: LogPlan): void {
  const { stream, path, size, forward } = plan;
  const nothing = planOnly(program, writer, forward ? stream : undefined);
  const log = { path, file: program.slot(), offset: new Slot(program.words(size)), nothing };
  planOpen(program, log, 0);
  const limit = program.words(maxLogSize, maxLogSize);
  // EPERM: the caller's own limit is lower, and cannot be raised
  program.call('limit log', 'prlimit64', [0, RLIMIT_FSIZE, limit, 0], { tolerate: 'EPERM' });
  const waiting = planPipe(program);
  program.call('enlarge pipe', 'fcntl', [waiting.reader, F_SETPIPE_SZ, backlog], { tolerate: 'any' });
  const [next, end] = [new Label(), new Label()];
  program.land(next);
  const copied = program.slot();
  program.call('copy output', 'tee', [reader, waiting.writer, chunk, 0], { store: copied, ifZero: end });
  planKeep(program, waiting.reader, log);
  planPass(program, reader, { size: copied, stream: forward ? stream : nothing });
  program.jump(next);
  program.land(end);
  program.call('close pipe', 'close', [waiting.writer]);
  planKeep(program, waiting.reader, log);
  program.call('exit', 'exit_group', [0]);
}

/** Comes before the container's process is made: that one, and who makes it, write into a pipe from now on. */
export function planLogWriter(program: Program, plan: LogPlan): void {
  const what = 'start log writer';
  const pipe = planPipe(program);
  const [child, started] = [new Label(), new Label()];
  // struct clone_args (linux/sched.h): no new namespaces
  const args = program.words(0, 0, 0, 0, SIGCHLD, 0, 0, 0);
  program.call(what, 'clone3', [args, 64], { ifZero: child });
  program.call(what, 'dup3', [pipe.writer, plan.stream, 0]);
  for (const end of [pipe.reader, pipe.writer]) program.call(what, 'close', [end]);
  program.jump(started);
  program.land(child);
  planCopy(program, pipe, plan);
  program.land(started);
}
