/** The device nodes and links of a container's /dev (config-linux.md, "Default Devices"). */
import { openConfined } from './confined-path';
import { S_IFCHR } from './kernel-constants';
import type { Program, Slot } from './program';

/** Name → major and minor (Documentation/admin-guide/devices.txt). */
const devices: Record<string, [number, number]> = {
  null: [1, 3],
  zero: [1, 5],
  full: [1, 7],
  random: [1, 8],
  urandom: [1, 9],
  tty: [5, 0],
};
const links: Record<string, string> = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
  core: '/proc/kcore',
  ptmx: 'pts/ptmx',
};

/** Fills /dev, which must be a file system that tsnet mounted: nothing may exist there yet. */
export function planDevices(program: Program, root: Slot): void {
  const dev = openConfined(program, root, '/dev', { directory: true, noSymlinks: true });
  for (const [name, [major, minor]] of Object.entries(devices)) {
    const node = [dev, program.text(name), S_IFCHR | 0o666, major * 256 + minor];
    program.call(`create device "/dev/${name}"`, 'mknodat', node);
  }
  for (const [name, target] of Object.entries(links))
    program.call(`create link "/dev/${name}"`, 'symlinkat', [program.text(target), dev, program.text(name)]);
}
