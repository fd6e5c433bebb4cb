/** Mounts the root file system of a container, as operations in the child. */
import type { OciSpec } from '../oci/spec';
import { type OverlayLayers, overlayOptions } from '../rootfs/overlay';
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_PATH } from './kernel-constants';
import type { Program, Slot } from './program';

const MS_REC_SLAVE = 0x4000 | (1 << 19);
/** Layers get known numbers from here on: the options of the mount name them. */
const firstLayer = 200;

function openFolder(program: Program, path: string): Slot {
  const flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  return program.result(`open folder "${path}"`, 'openat', [AT_FDCWD, program.text(path), flags, 0]);
}

function planLayers(program: Program, { lower, upper, work }: OverlayLayers): void {
  [...lower, upper, work].forEach((path, i) => {
    const folder = openFolder(program, path);
    program.call(`open folder "${path}"`, 'dup3', [folder, firstLayer + i, O_CLOEXEC]);
    program.call(`open folder "${path}"`, 'close', [folder]);
  });
}

/** Gives the open root. Mounts of the host do not change from now on by what is done here. */
export function planRoot(program: Program, { root }: OciSpec, layers: OverlayLayers): Slot {
  program.call('keep mounts from the host', 'mount', [0, program.text('/'), 0, MS_REC_SLAVE, 0]);
  planLayers(program, layers);
  const descriptors = program.text('/proc/self/fd');
  program.call('name layers by descriptor', 'chdir', [descriptors]);
  const [overlay, path] = [program.text('overlay'), program.text(root.path)];
  const options = program.text(overlayOptions(layers, firstLayer));
  program.call(`mount root file system on "${root.path}"`, 'mount', [overlay, path, overlay, 0, options]);
  return openFolder(program, root.path);
}
