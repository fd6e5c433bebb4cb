/** The C programs: the container launcher, and the client that CNI types are installed as. */
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { lib, root } from './places.mjs';

const strict = ['-Wall', '-Wextra', '-Werror', '-static'];

function compile(name, flags) {
  const source = join(root, `native/${name}.c`);
  if (!existsSync(source)) return;
  execFileSync('cc', [...strict, ...flags, '-o', join(lib, `${name}.new`), source], { stdio: 'inherit' });
  renameSync(join(lib, `${name}.new`), join(lib, name));
}

/** @param build identity that the client is of */
export function compileNative(build) {
  compile('launcher', ['-Os', '-nostdlib', '-ffreestanding', '-fno-stack-protector', '-fno-builtin']);
  compile('client', ['-O2', `-DTSNET_BUILD="${build}"`]);
}
