/**
 * Which build this is: client, agent and executables work together only when they come from the same sources. A digest of
 * everything that goes into the bundles.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './places.mjs';

const folders = [
  'agent',
  'cli',
  'cni',
  'conf',
  'ipam',
  'linux',
  'native',
  'plugins',
  'runtime',
  'scripts/build',
  'values',
];
const files = ['package.json', 'package-lock.json', 'scripts/build.mjs'];

function* sources(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (!entry.name.includes('.test.')) yield path;
  }
}

/** Sixteen hexadecimal digits. */
export function buildIdentity() {
  const digest = createHash('sha256');
  const paths = [
    ...files.map((file) => join(root, file)),
    ...folders.flatMap((folder) => [...sources(join(root, folder))]),
  ];
  for (const path of paths.sort())
    digest
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  return digest.digest('hex').slice(0, 16);
}
