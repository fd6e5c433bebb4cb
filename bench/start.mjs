/** `npm run bench`: bundles the benchmark into a temporary folder and runs it; see main.ts for the command line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const repo = dirname(dirname(fileURLToPath(import.meta.url)));
/** The program of this run; its file is gone once it is loaded. */
async function load() {
  const folder = mkdtempSync(join(tmpdir(), 'tsnet-bench-program-'));
  try {
    const outfile = join(folder, 'main.mjs');
    await esbuild.build({
      entryPoints: [join(repo, 'bench/main.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      logLevel: 'warning',
    });
    return await import(outfile);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { main } = await load();
process.exitCode = await main(repo, process.argv.slice(2));
