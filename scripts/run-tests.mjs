/**
 * Runs the Jest projects named on the command line one after the other (they would fight for two cores otherwise), all of
 * them even when one fails, and ends with the line `N passed, N failed`. Exits 1 when a test failed, was skipped, or none ran.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import summary from './test-summary.cjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const folder = mkdtempSync(join(tmpdir(), 'tsnet-tests-'));

/** A plain `su` leaves the system folders, and so ip and iptables, out of PATH. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin` };

/** What a Jest that died before it wrote its results counts as. */
const noResults = {
  numPassedTests: 0,
  numFailedTests: 1,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

function runProject(project) {
  const outputFile = join(folder, `${project}.json`);
  const args = [jest, '--selectProjects', project, '--maxWorkers=2', '--json', `--outputFile=${outputFile}`];
  const done = spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    const results = JSON.parse(readFileSync(outputFile, 'utf8'));
    return { ok: done.status === 0, results };
  } catch {
    return { ok: false, results: noResults };
  }
}

const runs = process.argv.slice(2).map(runProject);
rmSync(folder, { recursive: true });
const totals = summary.addUp(runs.map((run) => run.results));
console.log(summary.closingLine(totals));
process.exitCode = runs.every((run) => run.ok) && summary.isSuccess(totals) ? 0 : 1;
