/** The C programs: the container launcher, and the client that CNI types are installed as. Neither has a libc. */
import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { lib, root } from './places.mjs';

const strict = ['-Wall', '-Wextra', '-Werror', '-std=gnu11'];

/** The last one: GCC would make loops that copy or clear into calls of libc. */
const freestanding = [
  '-static',
  '-nostdlib',
  '-ffreestanding',
  '-fno-builtin',
  '-fno-stack-protector',
  '-fno-tree-loop-distribute-patterns',
];

function compile(name, flags = []) {
  const target = join(lib, name);
  const source = join(root, `native/${name}.c`);
  const argv = [...strict, ...freestanding, '-Os', '-s', ...flags, '-o', `${target}.new`, source];
  execFileSync('cc', argv, { stdio: 'inherit' });
  renameSync(`${target}.new`, target);
}

/** @param build identity that the client is of */
export function compileNative(build) {
  compile('launcher');
  compile('client', [`-DTSNET_BUILD="${build}"`]);
}
