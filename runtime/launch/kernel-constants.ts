/** Constants of the kernel's user interface that launch plans use (include/uapi/linux/{fcntl,mount,openat2,sched}.h). */
import { constants } from 'node:fs';

export const AT_FDCWD = -100;
export const AT_EMPTY_PATH = 0x1000;
export const AT_RECURSIVE = 0x8000;

/** These two differ between architectures. */
export const { O_DIRECTORY, O_NOFOLLOW } = constants;
export const O_CLOEXEC = 0x80000;
export const O_PATH = 0x200000;

export const RESOLVE_NO_MAGICLINKS = 0x02;
export const RESOLVE_NO_SYMLINKS = 0x04;
export const RESOLVE_IN_ROOT = 0x10;

export const OPEN_TREE_CLONE = 1;
export const FSOPEN_CLOEXEC = 1;
export const FSMOUNT_CLOEXEC = 1;
export const FSCONFIG_SET_FLAG = 0;
export const FSCONFIG_SET_STRING = 1;
export const FSCONFIG_CMD_CREATE = 6;
/** MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH: both ends are descriptors. */
export const MOVE_MOUNT_EMPTY_PATHS = 0x44;
export const MOUNT_ATTR_RDONLY = 1;
export const MOUNT_ATTR_NOSUID = 2;
export const MOUNT_ATTR_NODEV = 4;
export const MOUNT_ATTR_NOEXEC = 8;

export const S_IFREG = 0o100000;
export const S_IFCHR = 0o020000;

/** Namespace → clone(2) flag. */
export const namespaceFlags = {
  mount: 0x20000,
  cgroup: 0x2000000,
  uts: 0x4000000,
  ipc: 0x8000000,
  pid: 0x20000000,
  network: 0x40000000,
} as const;

export const SIGCHLD = 17;
/** Descriptors that the launcher is started with. */
export const fd = { report: 3, table: 4, notice: 5, process: 6 } as const;
