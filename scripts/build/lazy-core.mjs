/**
 * Node's own modules that take milliseconds to load (each brings streams, or OpenSSL's bindings) are loaded by the first
 * use of one of their members, not by the import at the top of a file that most calls never reach.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Measured: 0.3 to 4 ms each; the others are in Node's start-up snapshot. */
export const slowCoreModules = [
  'child_process',
  'crypto',
  'dgram',
  'dns',
  'http',
  'https',
  'net',
  'os',
  'readline',
  'stream',
  'timers/promises',
  'tls',
  'tty',
  'v8',
  'worker_threads',
  'zlib',
];

/** A module with a getter for each member of `name`. */
function lazyModule(name) {
  const members = Object.keys(require(`node:${name}`)).map((key) => JSON.stringify(key));
  return `const load = require;
for (const key of [${members}]) Object.defineProperty(exports, key, { enumerable: true, get: () => load('node:${name}')[key] });`;
}

const filter = new RegExp(`^node:(${slowCoreModules.join('|')})$`);

/** An esbuild plugin. Packages (node_modules) import as they like: they are loaded as a whole where they are needed. */
export const lazyCore = {
  name: 'lazy-core',
  setup(build) {
    build.onResolve({ filter }, ({ path, importer, kind }) =>
      kind === 'import-statement' && !importer.includes('node_modules')
        ? { path, namespace: 'lazy-core' }
        : undefined,
    );
    build.onLoad({ filter, namespace: 'lazy-core' }, ({ path }) => ({
      contents: lazyModule(path.slice('node:'.length)),
      loader: 'js',
    }));
  },
};
