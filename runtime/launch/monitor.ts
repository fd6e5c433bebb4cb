/**
 * What the launcher does after the clone, as the parent: it stays, in a few kilobytes, until the container's first
 * process has ended, and writes down how. It needs nobody: whoever started it may be gone by then.
 */
import { AT_FDCWD, fd, namespaceFlags, O_CLOEXEC, SIGCHLD } from './kernel-constants';
import { planUnblockSignals } from './process';
import { Label, type Program, Slot } from './program';

const O_WRONLY = 1;
const O_RDWR = 2;
const O_CREAT_TRUNC = 0o1100;
const CLOCK_REALTIME = 0;
const SIGPIPE = 13;
const SIG_IGN = 1;

/** Folders and commands of the monitor. Without a folder nothing is written down. */
export interface MonitorPlan {
  /** Takes `pid` (see {@link Program}: 8 bytes, little endian) and, atomically, `exit`. */
  folder?: string;
  /** Run at the end when nobody has read the notice: who started the container is gone. */
  orphanCommand?: { argv: readonly string[]; env: readonly string[] };
}

/** What the parent keeps: `record` is { u32 0, u32 pid }, the report that says that the child exists. */
export interface Cloned {
  pid: Slot;
  record: number;
}

/** Clones; everything planned until {@link planMonitor} is the child's part. */
export function planClone(program: Program, namespaces: readonly (keyof typeof namespaceFlags)[]) {
  const flags = namespaces.reduce((all, type) => all | BigInt(namespaceFlags[type]), 0n);
  // struct clone_args (linux/sched.h): flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls
  const args = program.words(flags, 0, 0, 0, SIGCHLD, 0, 0, 0);
  const record = program.bytes(Buffer.alloc(16));
  const pid = new Slot(record + 4);
  const child = new Label();
  program.call('create process in new namespaces', 'clone3', [args, 64], { store: pid, ifZero: child });
  return { cloned: { pid, record } satisfies Cloned, child };
}

interface FileContent {
  address: number;
  size: number;
}

function planWriteFile(program: Program, path: string, content: FileContent): void {
  const what = `write "${path}"`;
  const flags = O_WRONLY | O_CREAT_TRUNC | O_CLOEXEC;
  const file = program.result(what, 'openat', [AT_FDCWD, program.text(path), flags, 0o600]);
  program.call(what, 'write', [file, content.address, content.size]);
  program.call(what, 'close', [file]);
}

/** Over what {@link planWriteFile} wrote: that takes no room, so that a full disk does not lose how a container ended. */
function planWriteEnd(program: Program, folder: string, { address, size }: FileContent): void {
  const what = `write "${folder}/exit"`;
  const [from, to] = [program.text(`${folder}/exit.new`), program.text(`${folder}/exit`)];
  // whatever becomes of it, who waits is told
  const anyhow = { tolerate: 'any' };
  const file = program.result(what, 'openat', [AT_FDCWD, from, O_WRONLY | O_CLOEXEC, 0], anyhow);
  program.call(what, 'write', [file, address, size], anyhow);
  program.call(what, 'close', [file], anyhow);
  program.call(what, 'renameat2', [AT_FDCWD, from, AT_FDCWD, to, 0], anyhow);
}

/** Lets go of the caller's descriptors and directory; what fails later must not be written into one of them. */
function planDetach(program: Program): void {
  const device = program.text('/dev/null');
  const nothing = program.result('open "/dev/null"', 'openat', [AT_FDCWD, device, O_RDWR | O_CLOEXEC, 0]);
  for (const descriptor of [0, 1, 2, fd.report])
    program.call('let descriptor go', 'dup3', [nothing, descriptor, 0]);
  program.call('change to "/"', 'chdir', [program.text('/')]);
}

function planOrphanCommand(program: Program, { argv, env }: NonNullable<MonitorPlan['orphanCommand']>): void {
  // telling the end to nobody has left a SIGPIPE, which would come now; struct sigaction: handler, flags, restorer, mask
  const ignore = program.words(SIG_IGN, 0, 0, 0);
  program.call('ignore SIGPIPE', 'rt_sigaction', [SIGPIPE, ignore, 0, 8]);
  planUnblockSignals(program);
  program.call('close descriptors at exec', 'close_range', [fd.report, 0xffffffff, 4]);
  program.call('run orphan command', 'execve', [
    program.text(argv[0]!),
    program.texts(argv),
    program.texts(env),
  ]);
}

/** The parent's part: comes right after {@link planClone}. */
export function planMonitor(program: Program, { pid, record }: Cloned, plan: MonitorPlan): void {
  const { folder } = plan;
  // wait status (8 bytes), then struct timespec
  const end = { address: program.bytes(Buffer.alloc(24)), size: 24 };
  if (folder) {
    planWriteFile(program, `${folder}/exit.new`, end);
    planWriteFile(program, `${folder}/pid`, { address: record, size: 8 });
  }
  program.call('report process', 'write', [fd.report, record, 8], { tolerate: 'EPIPE' });
  planDetach(program);
  program.call('wait for process', 'wait4', [pid, end.address, 0, 0]);
  program.call('read clock', 'clock_gettime', [CLOCK_REALTIME, end.address + 8]);
  if (folder) planWriteEnd(program, folder, end);
  const orphan = new Label();
  program.call('report end', 'write', [fd.notice, end.address, 4], { tolerate: 'any', ifTolerated: orphan });
  program.call('exit', 'exit_group', [0]);
  program.land(orphan);
  if (plan.orphanCommand) planOrphanCommand(program, plan.orphanCommand);
  program.call('exit', 'exit_group', [0]);
}
