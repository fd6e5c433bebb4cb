import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const lock: { packages: Record<string, LockedPackage> } = JSON.parse(
  readFileSync(join(__dirname, '../package-lock.json'), 'utf8'),
);

/** Where npm may have put a dependency of the package at `path`: in its own node_modules, or further up. */
function candidatePaths(path: string, name: string): string[] {
  const parts = path.split('/node_modules/');
  const nested = parts.map((_, depth) => parts.slice(0, parts.length - depth).join('/node_modules/'));
  return [...nested.map((parent) => `${parent}/node_modules/${name}`), `node_modules/${name}`];
}

describe('package-lock.json', () => {
  it('lists the optional packages of every platform: without one `npm ci` refuses on all', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !candidatePaths(path, name).some((candidate) => lock.packages[candidate]?.version),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry', () => {
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });
});
