/**
 * Builds dist/: one executable for each CNI type and for the command line, koffi's addon, the native programs, code caches.
 *
 *   dist/bin/<type>, dist/bin/tsnet    executables, dist/lib/{koffi.node,launcher,client,<type>.cache}
 */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundle } from './build/bundle.mjs';
import { writeCodeCache } from './build/code-cache.mjs';
import { entries } from './build/entries.mjs';
import { executableText, wrap } from './build/executable.mjs';
import { buildIdentity } from './build/identity.mjs';
import { compileNative } from './build/native.mjs';
import { bin, lib, root } from './build/places.mjs';
import { copyUnits } from './build/units.mjs';

const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const build = buildIdentity();

/**
 * Writes beside the target first: an executable that a runtime is starting is never half written.
 * @returns name and program, for its code cache
 */
async function writeExecutable([name, entry]) {
  const wrapped = wrap((await bundle(name, entry, { version, build })).text);
  const target = join(bin, name);
  writeFileSync(`${target}.new`, executableText({ name, version, wrapped }));
  chmodSync(`${target}.new`, 0o755);
  renameSync(`${target}.new`, target);
  return [name, wrapped];
}

function copyAddon() {
  const addon = require.resolve(`@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`);
  copyFileSync(addon, join(lib, 'koffi.node.new'));
  renameSync(join(lib, 'koffi.node.new'), join(lib, 'koffi.node'));
}

function removeStale(expected) {
  for (const file of readdirSync(bin)) if (!expected.includes(file)) rmSync(join(bin, file));
}

mkdirSync(bin, { recursive: true });
mkdirSync(lib, { recursive: true });
const programs = await Promise.all([...entries].map(writeExecutable));
copyAddon();
compileNative(build);
copyUnits();
removeStale([...entries.keys()]);
await Promise.all(programs.map(([name, wrapped]) => writeCodeCache(name, wrapped)));
