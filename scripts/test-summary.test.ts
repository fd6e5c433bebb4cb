const { addUp, closingLine, isSuccess } = require('./test-summary.cjs');

const run = (changes: Record<string, number>) => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...changes,
});

describe('test summary', () => {
  it('adds up the runs', () => {
    const totals = addUp([run({ numPassedTests: 12 }), run({ numPassedTests: 30, numFailedTests: 2 })]);
    expect(closingLine(totals)).toBe('42 passed, 2 failed');
  });

  it('counts a file that could not be loaded as a failure', () => {
    const totals = addUp([run({ numPassedTests: 5, numRuntimeErrorTestSuites: 1 })]);
    expect(closingLine(totals)).toBe('5 passed, 1 failed');
    expect(isSuccess(totals)).toBe(false);
  });

  it.each([
    ['all passed', true, { numPassedTests: 3 }],
    ['one failed', false, { numPassedTests: 3, numFailedTests: 1 }],
    ['one skipped', false, { numPassedTests: 3, numPendingTests: 1 }],
    ['one to be written', false, { numPassedTests: 3, numTodoTests: 1 }],
    ['nothing ran', false, {}],
  ])('%s, so success is %s', (_, success, changes) => {
    expect(isSuccess(addUp([run(changes)]))).toBe(success);
  });

  it('names skipped tests in the closing line', () => {
    expect(closingLine(addUp([run({ numPassedTests: 1, numTodoTests: 2 })]))).toBe(
      '1 passed, 0 failed, 2 skipped',
    );
  });
});
