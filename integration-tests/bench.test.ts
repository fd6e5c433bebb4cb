/** The benchmark still runs: each kind of figure comes out, nothing stays behind, the committed report is not touched. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repo = join(__dirname, '..');
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('tsnet-bench-'));

function bench(...argv: string[]) {
  const program = [join(repo, 'bench/start.mjs'), ...argv];
  return spawnSync(process.execPath, program, { encoding: 'utf8', timeout: 55_000 });
}

describe('npm run bench', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsnet-smoke-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('measures a case with one run', () => {
    const json = join(folder, 'samples.json');
    const written = statSync(join(repo, 'docs/benchmarks.md')).mtimeMs;
    const done = bench('bridge', '--runs', '1', '--no-write', '--json', json);
    expect(done).toMatchObject({ status: 0 });
    expect(done.stdout).toContain('| bridge + ipMasq: ADD |');
    const [outcome] = JSON.parse(readFileSync(json, 'utf8')).outcomes;
    const figure = [expect.any(Number)];
    expect(outcome.samples['alone-add']).toMatchObject({ go: figure, floor: figure, bundle: figure });
    expect(statSync(join(repo, 'docs/benchmarks.md')).mtimeMs).toBe(written);
    expect(leftovers()).toEqual([]);
  });

  it('lists its cases without measuring', () => {
    const done = bench('--list');
    expect(done.status).toBe(0);
    expect(done.stdout).toContain('portmap');
    expect(done.stderr).not.toContain('1/');
  });

  it('refuses a case that does not exist', () => {
    const done = bench('bridges');
    expect(done.status).toBe(2);
    expect(done.stderr).toContain('no case "bridges"');
  });
});
