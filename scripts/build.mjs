/**
 * Builds dist/: one CommonJS bundle for each CNI type and for the command line, koffi's addon, and the native programs.
 *
 *   dist/bin/<type>, dist/bin/tsnet    executables, dist/lib/{koffi.node,launcher,client}
 *
 * Process entries are generated here, so a new plugin is one new file under plugins/ or ipam/.
 */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import esbuild from 'esbuild';
import { buildIdentity } from './build/identity.mjs';
import { compileNative } from './build/native.mjs';
import { bin, lib, root } from './build/places.mjs';
import { copyUnits } from './build/units.mjs';

const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const build = buildIdentity();

/** NODE_EXTRA_CA_CERTS makes Node parse a certificate bundle at start (45 ms); nothing here opens TLS at start. */
const shebang = '#!/usr/bin/env -S -u NODE_EXTRA_CA_CERTS node';

/** CNI types defined by the files of a folder: plugin values only, neither parts nor tests. */
function typesIn(folder) {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
    .map((file) => file.slice(0, -'.ts'.length));
}

const ipamTypes = typesIn('ipam');

/** IPAM values an executable may call in its own process, each loaded only when it is. */
function builtinIpam() {
  const entries = ipamTypes.map((type) => `'${type}': async () => (await import('./ipam/${type}')).default`);
  return `{ ${entries.join(', ')} }`;
}

function pluginEntry(folder, type) {
  const builtin = folder === 'plugins' ? builtinIpam() : '{}';
  return `import plugin from './${folder}/${type}';
import { runPlugin } from './cni/main';
import { runProcess } from './linux/command';
import { isOwnNetns } from './linux/netns/own-netns';
runPlugin(plugin, { builtinIpam: ${builtin}, runProcess, isOwnNetns });`;
}

/** Writes beside the target first: an executable that a runtime is starting is never half written. */
async function bundle(name, entry) {
  const target = join(bin, name);
  await esbuild.build({
    stdin: { contents: entry, resolveDir: root, sourcefile: `${name}-entry.ts`, loader: 'ts' },
    outfile: `${target}.new`,
    bundle: true,
    minify: true,
    keepNames: true,
    legalComments: 'none',
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    define: {
      TSNET_VERSION: JSON.stringify(version),
      TSNET_BUILD: JSON.stringify(build),
      'import.meta.url': 'tsnetModuleUrl',
    },
    banner: {
      js: `${shebang}\n// tsnet ${version} ${name}\nconst tsnetModuleUrl = 'file://' + __filename.split('/').map(encodeURIComponent).join('/');`,
    },
    logLevel: 'warning',
  });
  chmodSync(`${target}.new`, 0o755);
  renameSync(`${target}.new`, target);
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
const entries = new Map();
for (const type of typesIn('plugins')) entries.set(type, pluginEntry('plugins', type));
for (const type of ipamTypes) entries.set(type, pluginEntry('ipam', type));
entries.set('tsnet', `import { main } from './cli/main'; main();`);
await Promise.all([...entries].map(([name, entry]) => bundle(name, entry)));
copyAddon();
compileNative(build);
copyUnits();
removeStale([...entries.keys()]);
