/** Turns the launcher's child into the container's program: identity, capabilities, descriptors, execve. */
import { capabilityCount, capabilityMask } from '../oci/capabilities';
import type { OciProcess } from '../oci/spec';
import { fd } from './kernel-constants';
import type { Program } from './program';

const PR_SET_DUMPABLE = 4;
const PR_SET_KEEPCAPS = 8;
const PR_CAPBSET_DROP = 24;
const PR_SET_NO_NEW_PRIVS = 38;
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_RAISE = 2;
const PR_CAP_AMBIENT_CLEAR_ALL = 4;
const SIG_SETMASK = 2;
const CLOSE_RANGE_CLOEXEC = 4;
const lastDescriptor = 0xffffffff;
const _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Begins every message about starting the program itself, in contrast to making the container. */
export const execOperation = 'start program';

/** Blocks signals: a set-up is not interrupted, and a monitor dies of nothing but SIGKILL. */
export function planBlockSignals(program: Program): void {
  program.call('block signals', 'rt_sigprocmask', [SIG_SETMASK, program.words(-1), 0, 8]);
}

export function planUnblockSignals(program: Program): void {
  program.call('unblock signals', 'rt_sigprocmask', [SIG_SETMASK, program.words(0), 0, 8]);
}

/** Nobody inside may look at the launcher by ptrace(2) or /proc while it is not yet the container's program. */
export function planHideLauncher(program: Program): void {
  program.call('hide launcher', 'prctl', [PR_SET_DUMPABLE, 0, 0, 0, 0]);
}

function planBoundingSet(program: Program, mask: bigint): void {
  for (let capability = 0; capability < capabilityCount; capability++) {
    if ((mask >> BigInt(capability)) & 1n) continue;
    const drop = [PR_CAPBSET_DROP, capability, 0, 0, 0];
    // EINVAL: this kernel has no such capability
    program.call(`drop capability ${capability}`, 'prctl', drop, { tolerate: 'EINVAL' });
  }
}

function planUser(program: Program, { uid, gid, additionalGids }: OciProcess['user']): void {
  const groups = Buffer.alloc(additionalGids.length * 4);
  additionalGids.forEach((group, i) => {
    groups.writeUInt32LE(group, i * 4);
  });
  program.call('keep capabilities', 'prctl', [PR_SET_KEEPCAPS, 1, 0, 0, 0]);
  program.call('set groups', 'setgroups', [additionalGids.length, program.bytes(groups)]);
  program.call(`set gid ${gid}`, 'setresgid', [gid, gid, gid]);
  program.call(`set uid ${uid}`, 'setresuid', [uid, uid, uid]);
}

function planCapabilitySets(program: Program, { capabilities }: OciProcess): void {
  const effective = capabilityMask(capabilities.effective);
  const permitted = capabilityMask(capabilities.permitted);
  const inheritable = capabilityMask(capabilities.inheritable);
  const header = program.bytes(u32s(_LINUX_CAPABILITY_VERSION_3, 0));
  const halves = [0n, 32n].flatMap((shift) =>
    [effective, permitted, inheritable].map((mask) => Number((mask >> shift) & 0xffffffffn)),
  );
  program.call('set capabilities', 'capset', [header, program.bytes(u32s(...halves))]);
  program.call('clear ambient capabilities', 'prctl', [PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0]);
  const ambient = capabilityMask(capabilities.ambient);
  for (let capability = 0; capability < capabilityCount; capability++)
    if ((ambient >> BigInt(capability)) & 1n)
      program.call('raise ambient capability', 'prctl', [
        PR_CAP_AMBIENT,
        PR_CAP_AMBIENT_RAISE,
        capability,
        0,
        0,
      ]);
}

function u32s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    bytes.writeUInt32LE(value, i * 4);
  });
  return bytes;
}

/** Files to try for a program's name, as execvp(3) does, with the PATH of the container. */
export function programCandidates(name: string, env: readonly string[]): string[] {
  if (name.includes('/')) return [name];
  const path = env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? defaultPath;
  return path.split(':').map((folder) => `${folder || '.'}/${name}`);
}

function planExecve(program: Program, { args, env }: OciProcess): void {
  const [name] = args;
  if (name === undefined) throw new Error('start container: no command given');
  const argv = program.texts(args);
  const envp = program.texts(env);
  const candidates = programCandidates(name, env);
  candidates.forEach((file, i) => {
    const call = [program.text(file), argv, envp];
    const last = i === candidates.length - 1;
    program.call(
      `${execOperation} ${JSON.stringify(name)}`,
      'execve',
      call,
      last ? {} : { tolerate: 'ENOENT' },
    );
  });
}

/**
 * The last part of every child. A system call filter belongs between the capabilities and the descriptors: the calls
 * after it must be allowed by it, the calls before it need not be.
 */
export function planProcess(program: Program, process: OciProcess): void {
  planBoundingSet(program, capabilityMask(process.capabilities.bounding));
  planUser(program, process.user);
  planCapabilitySets(program, process);
  if (process.noNewPrivileges) program.call('set no_new_privs', 'prctl', [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]);
  program.call('set umask', 'umask', [0o022]);
  // before chdir: a working directory such as /proc/self/fd/7 must find nothing of the host
  program.call('close descriptors', 'close_range', [fd.report + 1, lastDescriptor, 0]);
  const report = [fd.report, fd.report, CLOSE_RANGE_CLOEXEC];
  program.call('close report at exec', 'close_range', report);
  program.call(`change to working directory ${JSON.stringify(process.cwd)}`, 'chdir', [
    program.text(process.cwd),
  ]);
  planUnblockSignals(program);
  planExecve(program, process);
}
