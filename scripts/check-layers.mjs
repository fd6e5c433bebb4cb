/**
 * Holds the import rules of docs/architecture.md: who may import whom, and which packages have a single owner.
 * Exits 1 and names file, line and rule for each breach.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folder → folders that it may import from, itself aside. */
const allowed = {
  values: [],
  linux: ['values'],
  cni: ['state', 'values'],
  conf: ['values'],
  state: ['linux', 'values'],
  plugins: ['cni', 'conf', 'linux', 'values'],
  ipam: ['cni', 'conf', 'linux', 'state', 'values'],
  runtime: ['linux', 'cni', 'conf', 'state', 'values'],
  agent: ['linux', 'cni', 'conf', 'state', 'plugins', 'ipam', 'runtime'],
  cli: ['linux', 'cni', 'conf', 'state', 'plugins', 'ipam', 'runtime', 'agent'],
  'integration-tests': [],
  bench: [],
};

/** Package → the files or folders that may import it. */
const owners = {
  koffi: ['linux/libc.ts'],
  execa: ['linux/command.ts', 'integration-tests/'],
  yargs: ['cli/'],
};

const forbiddenFolders = ['utils', 'lib', 'common', 'helpers', 'shared'];
const importPattern = /(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g;

function* sourceFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (entry.name.endsWith('.ts')) yield path;
  }
}

/** Why `file` may not import `specifier`; undefined when it may. */
function breach(file, specifier) {
  const layer = file.split('/')[0];
  if (!specifier.startsWith('.')) {
    const owner = owners[specifier.split('/')[0]];
    return owner && !owner.some((path) => file.startsWith(path))
      ? `${specifier} belongs to ${owner.join(', ')}`
      : undefined;
  }
  const target = relative(root, resolve(root, dirname(file), specifier));
  const targetLayer = target.split('/')[0];
  if (targetLayer === layer) {
    const plugin = /^(plugins|ipam)\/[^/]+$/;
    const ownTest = file.includes('.test.');
    return plugin.test(target) && !ownTest ? `a plugin may not import another plugin (${target})` : undefined;
  }
  if (file.includes('.kernel.test.') && targetLayer === 'linux') return undefined;
  return allowed[layer].includes(targetLayer)
    ? undefined
    : `${layer} may not import ${targetLayer} (${target})`;
}

const breaches = [];
for (const layer of Object.keys(allowed)) {
  let files;
  try {
    files = [...sourceFiles(join(root, layer))];
  } catch {
    continue;
  }
  for (const path of files) {
    const file = relative(root, path);
    if (file.split('/').some((part) => forbiddenFolders.includes(part)))
      breaches.push(`${file}: folder name says nothing`);
    const text = readFileSync(path, 'utf8');
    for (const found of text.matchAll(importPattern)) {
      const reason = breach(file, found[1]);
      if (reason) breaches.push(`${file}:${text.slice(0, found.index).split('\n').length}: ${reason}`);
    }
  }
}
for (const line of breaches) console.error(line);
process.exit(breaches.length ? 1 : 0);
