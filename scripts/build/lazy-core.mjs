/**
 * Node's own modules that take milliseconds to load (each brings streams, or OpenSSL's bindings), and packages that few calls
 * need, are loaded by the first use of one of their members, not by the import at the top of a file that most calls never
 * reach.
 */
import { createRequire } from 'node:module';
import { root } from './places.mjs';

const require = createRequire(import.meta.url);

/** Measured: 0.3 to 4 ms each; the others are in Node's start-up snapshot, or needed by every call. */
export const slowCoreModules = [
  'child_process',
  'crypto',
  'dgram',
  'dns',
  'http',
  'https',
  'net',
  'readline',
  'stream',
  'timers/promises',
  'tls',
  'tty',
  'v8',
  'worker_threads',
  'zlib',
];

/** CommonJS packages whose members are used where they are needed, never while a module loads. */
const slowPackages = ['ipaddr.js'];

/** A module with a getter for each member of `id`. */
function lazyModule(id) {
  const members = Object.keys(require(id)).map((key) => JSON.stringify(key));
  return `const load = () => require('${id}');
for (const key of [${members}]) Object.defineProperty(exports, key, { enumerable: true, get: () => load()[key] });`;
}

const ids = [...slowCoreModules.map((name) => `node:${name}`), ...slowPackages];
const filter = new RegExp(`^(${ids.join('|').replaceAll('.', '\\.')})$`);

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
      contents: lazyModule(path),
      loader: 'js',
      resolveDir: root,
    }));
  },
};
