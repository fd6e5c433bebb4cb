/**
 * Kernel settings under /proc/sys (proc(5), sysctl(8)).
 *
 * /proc/sys/net shows the namespace of the thread that opens the file, so these follow {@link Netns.run}. Names are
 * lists of parts, because an interface name may hold the dot that separates parts in sysctl(8).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { hasCode, SyscallError } from '../errors';
import { ffiAvailable } from '../libc';
import type { Netns } from '../netns/netns';
import { ensureSysctlsByCommand } from './command';

/** The parts of a setting's path under /proc/sys: `['net', 'ipv4', 'conf', 'eth0.5', 'forwarding']`. */
export type SysctlName = readonly [string, ...string[]];

/** A setting and what it shall be. */
export interface Setting {
  name: SysctlName;
  value: string | number;
  /** Where settings are read-only, it may stay as it is; otherwise it is written without a look at what it is. */
  optional?: boolean;
}

function refuse(operation: string, part: string): never {
  const cause = `${JSON.stringify(part)} is not a part of a setting's name`;
  throw new SyscallError(operation, constants.errno.EINVAL, cause);
}

function settingPath(operation: string, name: SysctlName): string {
  for (const part of name)
    if (part === '' || part === '.' || part === '..' || /[/\0]/.test(part)) refuse(operation, part);
  return `/proc/sys/${name.join('/')}`;
}

function attempt<T>(verb: string, name: SysctlName, action: (path: string) => T): T {
  const operation = `${verb} sysctl ${JSON.stringify(name.join('/'))}`;
  const path = settingPath(operation, name);
  try {
    return action(path);
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    throw errno === undefined ? error : new SyscallError(operation, Math.abs(errno));
  }
}

/**
 * The value of a setting, without its newline.
 * @throws SyscallError ENOENT when the kernel has no such setting, EINVAL for a name that could leave /proc/sys
 */
export function readSysctl(name: SysctlName): string {
  return attempt('read', name, (path) => readFileSync(path, 'utf8').trimEnd());
}

/** As {@link readSysctl}, but undefined when the kernel has no such setting, as where IPv6 is off. */
export function findSysctl(name: SysctlName): string | undefined {
  try {
    return readSysctl(name);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** @throws SyscallError ENOENT, EINVAL when the kernel refuses the value, EROFS and EACCES where /proc/sys is read-only */
export function writeSysctl(name: SysctlName, value: string | number): void {
  attempt('write', name, (path) => writeFileSync(path, String(value), { flag: 'r+' }));
}

/**
 * Writes only when the value differs, so that it works on a read-only /proc/sys that is as it should be.
 * @returns whether it was written
 */
export function ensureSysctl(name: SysctlName, value: string | number): boolean {
  if (readSysctl(name) === String(value)) return false;
  writeSysctl(name, value);
  return true;
}

/**
 * As {@link ensureSysctl}, for several settings of `netns`, in order. The namespace is entered once.
 * @throws SyscallError
 */
export function ensureSysctlsIn(netns: Netns, settings: readonly Setting[]): void {
  for (const { name } of settings) settingPath('set sysctls', name);
  if (settings.length === 0) return;
  if (ffiAvailable())
    netns.run(() => {
      for (const setting of settings) ensureSetting(setting);
    });
  else ensureEachByCommand(netns, settings);
}

function ensureSetting({ name, value, optional }: Setting): void {
  if (optional) whereWritable(() => writeSysctl(name, value));
  else ensureSysctl(name, value);
}

function ensureEachByCommand(netns: Netns, settings: readonly Setting[]): void {
  const required = settings.filter(({ optional }) => !optional);
  const others = settings.filter(({ optional }) => optional);
  if (others.length > 0) whereWritable(() => ensureSysctlsByCommand(netns, others));
  if (required.length > 0) ensureSysctlsByCommand(netns, required);
}

function whereWritable(change: () => void): void {
  try {
    change();
  } catch (error) {
    // sysctl(8) calls both a denied permission
    if (!hasCode(error, 'EROFS', 'EACCES')) throw error;
  }
}
