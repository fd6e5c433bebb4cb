/**
 * System call numbers of the two architectures that the launcher is built for: arch/x86/entry/syscalls/syscall_64.tbl
 * and include/uapi/asm-generic/unistd.h. From 424 on (pidfd_send_signal) the number is the same everywhere.
 */

/** Name → [x86-64, arm64]. */
const numbers = {
  close: [3, 57],
  read: [0, 63],
  write: [1, 64],
  pipe2: [293, 59],
  fcntl: [72, 25],
  flock: [73, 32],
  tee: [276, 77],
  splice: [275, 76],
  prlimit64: [302, 261],
  openat: [257, 56],
  mkdirat: [258, 34],
  mknodat: [259, 33],
  symlinkat: [266, 36],
  unlinkat: [263, 35],
  fchmod: [91, 52],
  dup3: [292, 24],
  renameat2: [316, 276],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chdir: [80, 49],
  fchdir: [81, 50],
  unshare: [272, 97],
  setns: [308, 268],
  wait4: [61, 260],
  exit_group: [231, 94],
  execve: [59, 221],
  rt_sigaction: [13, 134],
  rt_sigprocmask: [14, 135],
  setsid: [112, 157],
  sethostname: [170, 161],
  prctl: [157, 167],
  capset: [126, 91],
  setgroups: [116, 159],
  setresuid: [117, 147],
  setresgid: [119, 149],
  umask: [95, 166],
  bpf: [321, 280],
  clock_gettime: [228, 113],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  clone3: [435, 435],
  close_range: [436, 436],
  openat2: [437, 437],
  mount_setattr: [442, 442],
} as const;

export type SyscallName = keyof typeof numbers;

/** @throws Error on an architecture without a launcher */
export function syscallNumber(name: SyscallName, arch: string = process.arch): number {
  if (arch !== 'x64' && arch !== 'arm64')
    throw new Error(`start container: no launcher for architecture "${arch}"`);
  return numbers[name][arch === 'x64' ? 0 : 1];
}
