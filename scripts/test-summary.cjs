/**
 * Adds up the results of several Jest runs.
 *
 * @typedef {{ passed: number, failed: number, skipped: number }} Totals
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   numRuntimeErrorTestSuites: number }} JestResults what `jest --json` writes
 */

/**
 * A file that could not even be loaded counts as one failure: it ran none of the tests that it holds.
 * @param {JestResults[]} runs
 * @returns {Totals}
 */
function addUp(runs) {
  const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
  return {
    passed: sum('numPassedTests'),
    failed: sum('numFailedTests') + sum('numRuntimeErrorTestSuites'),
    skipped: sum('numPendingTests') + sum('numTodoTests'),
  };
}

/**
 * The closing line of a test run.
 * @param {Totals} totals
 */
function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * Skipped tests and a run of nothing prove nothing, so neither is a success.
 * @param {Totals} totals
 */
function isSuccess({ passed, failed, skipped }) {
  return passed > 0 && failed === 0 && skipped === 0;
}

module.exports = { addUp, closingLine, isSuccess };
