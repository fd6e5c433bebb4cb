/** Reads a file out of an image's layers without following anything that whoever made the image put in the way. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../linux/errors';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** Bytes. Files of accounts are small; another one is an attack on the reader. */
const maxSize = 1024 ** 2;

/** Calls with the descriptor; undefined when there is nothing of that kind: absent, or a symbolic link. */
function withOpen<T>(path: string, flags: number, action: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = openSync(path, flags | O_NOFOLLOW);
  } catch (error) {
    // ENXIO: the whiteout of a lower file is a device without driver
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) return undefined;
    throw error;
  }
  try {
    return action(fd);
  } finally {
    closeSync(fd);
  }
}

function readSmall(fd: number, name: string): string {
  const stats = fstatSync(fd);
  if (!stats.isFile()) return '';
  if (stats.size > maxSize) throw new Error(`read ${name} of the image: it is larger than ${maxSize} bytes`);
  return readFileSync(fd, 'utf8');
}

/**
 * Content of a file of `/etc`, from the topmost layer that has anything of that name; empty when it is no regular file.
 * @param layers folders, topmost first
 * @throws Error when it is larger than a mebibyte
 */
export function readEtcFile(layers: readonly string[], name: string): string {
  for (const layer of layers) {
    const content = withOpen(join(layer, 'etc'), O_RDONLY | O_DIRECTORY, (etc) =>
      // below the open folder: nobody can put a link in the place of a part of the path
      withOpen(`/proc/self/fd/${etc}/${name}`, O_RDONLY | O_NONBLOCK, (fd) => readSmall(fd, `/etc/${name}`)),
    );
    if (content !== undefined) return content;
  }
  return '';
}
