/**
 * Three kinds of tests, by file name:
 *   unit         x.test.ts beside x.ts: pure code, no root needed
 *   kernel       x.kernel.test.ts beside x.ts: a real kernel inside a private host (root)
 *   integration  integration-tests/**: black box, runs dist/bin only (root)
 */
const base = {
  testEnvironment: 'node',
  transform: { '\\.[cm]?[jt]s$': '<rootDir>/scripts/jest-transform.cjs' },
  // execa and its dependencies ship ES modules only
  transformIgnorePatterns: [],
  // a dependency of execa whose package.json answers to import only
  moduleNameMapper: { '^unicorn-magic$': '<rootDir>/node_modules/unicorn-magic/node.js' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

module.exports = {
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.kernel\\.test\\.ts$', '<rootDir>/integration-tests/'],
    },
    { ...base, displayName: 'kernel', testMatch: ['<rootDir>/**/*.kernel.test.ts'] },
    { ...base, displayName: 'integration', testMatch: ['<rootDir>/integration-tests/**/*.test.ts'] },
  ],
  testTimeout: 60_000,
};
