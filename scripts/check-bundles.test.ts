const { findExcesses, loadedAtStart, measure, packageOf, weigh } = require('./build/budget.mjs');

const statement = (path: string) => ({ path, kind: 'import-statement' });
const call = (path: string) => ({ path, kind: 'require-call' });
const dynamic = (path: string) => ({ path, kind: 'dynamic-import' });

const inputs = {
  'entry.ts': { imports: [statement('cni/main.ts'), { ...statement('node:fs'), external: true }] },
  'cni/main.ts': { imports: [statement('linux/command.ts'), statement('node_modules/old/index.js')] },
  'linux/command.ts': { imports: [dynamic('node_modules/execa/index.js'), call('linux/rare.ts')] },
  'linux/rare.ts': { imports: [] },
  'node_modules/execa/index.js': { imports: [] },
  'node_modules/old/index.js': { imports: [call('node_modules/old/part.js')] },
  'node_modules/old/part.js': { imports: [] },
};
const bytes: Record<string, number> = { 'entry.ts': 0, 'node_modules/execa/index.js': 1000 };
const metafile = {
  inputs,
  outputs: {
    '<stdout>': {
      entryPoint: 'entry.ts',
      inputs: Object.fromEntries(
        Object.keys(inputs).map((file) => [file, { bytesInOutput: bytes[file] ?? 10 }]),
      ),
    },
  },
};

test.each([
  ['cni/main.ts', undefined],
  ['node_modules/execa/lib/pipe.js', 'execa'],
  ['node_modules/@scope/name/index.js', '@scope/name'],
  ['node_modules/a/node_modules/b/index.js', 'b'],
  ['../elsewhere/node_modules/valibot/dist/index.mjs', 'valibot'],
])('packageOf(%j) is %j', (file, owner) => expect(packageOf(file)).toBe(owner));

test('what is imported by a statement, or required by a package, is loaded at start', () => {
  expect([...loadedAtStart(inputs, 'entry.ts')]).toEqual([
    'entry.ts',
    'cni/main.ts',
    'linux/command.ts',
    'node_modules/old/index.js',
    'node_modules/old/part.js',
  ]);
});

test('counts files that are in the output, the largest first', () => {
  const files = weigh(metafile);
  expect(files[0]).toEqual({ file: 'node_modules/execa/index.js', bytes: 1000, atStart: false });
  expect(measure(files)).toEqual({ modules: 6, bytes: 1050, modulesAtStart: 4, bytesAtStart: 40 });
});

describe('findExcesses', () => {
  const files = weigh(metafile);
  const excesses = (budget: object) => findExcesses('bridge', files, budget);

  test('is empty at the limit', () => {
    const limits = { modules: 6, bytes: 1050, modulesAtStart: 4, bytesAtStart: 40 };
    expect(excesses({ ...limits, never: ['yargs'], notAtStart: ['execa'] })).toEqual([]);
  });

  test('names bundle, figure, budget and the largest files', () => {
    const [line, ...others] = excesses({ bytes: 1049 });
    expect(others).toEqual([]);
    expect(line).toMatch(
      /^bridge: bytes is 1050, budget 1049; largest: node_modules\/execa\/index\.js \(1\.0 kB\), /,
    );
  });

  test('names only what is loaded at start where that is too much', () => {
    expect(excesses({ modulesAtStart: 3 })).toEqual([
      expect.stringMatching(/^bridge: modulesAtStart is 4, budget 3; (?!.*execa)/),
    ]);
  });

  test('names packages that may not be there', () => {
    expect(excesses({ never: ['execa'], notAtStart: ['old'] })).toEqual([
      'bridge: execa may not be in it (node_modules/execa/index.js)',
      'bridge: old may not be loaded at start (node_modules/old/index.js)',
      'bridge: old may not be loaded at start (node_modules/old/part.js)',
    ]);
  });
});
