/** Where the build reads and writes. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const bin = join(root, 'dist/bin');
export const lib = join(root, 'dist/lib');
