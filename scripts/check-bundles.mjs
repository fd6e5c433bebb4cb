/**
 * Holds what executables may consist of: modules and bytes, in all and loaded at every start. Exits 1 and names the
 * bundle, the budget and the largest files. `--show` prints the figures. Whoever needs more raises the budget here, knowingly.
 */
import { findExcesses, measure, weigh } from './build/budget.mjs';
import { bundle } from './build/bundle.mjs';
import { entries } from './build/entries.mjs';

/** A plugin is started for one call: no command line, and what runs other programs only when one is run. */
const plugin = { never: ['yargs', 'koffi'], notAtStart: ['execa'] };

/** What there is, and a tenth more. Modules are files; bytes are of text without comments and spaces, with its names. */
const budgets = {
  bridge: { ...plugin, modules: 419, bytes: 623_000, modulesAtStart: 224, bytesAtStart: 320_000 },
  container: { ...plugin, modules: 255, bytes: 382_000, modulesAtStart: 50, bytesAtStart: 68_000 },
  host: { ...plugin, modules: 300, bytes: 438_000, modulesAtStart: 100, bytesAtStart: 126_000 },
  'host-local': { ...plugin, modules: 240, bytes: 358_000, modulesAtStart: 74, bytesAtStart: 99_000 },
  loopback: { ...plugin, modules: 300, bytes: 439_000, modulesAtStart: 100, bytesAtStart: 127_000 },
  null: { ...plugin, modules: 300, bytes: 438_000, modulesAtStart: 100, bytesAtStart: 126_000 },
  portmap: { ...plugin, modules: 397, bytes: 574_000, modulesAtStart: 202, bytesAtStart: 271_000 },
  static: { ...plugin, modules: 215, bytes: 316_000, modulesAtStart: 49, bytesAtStart: 56_000 },
  tsnet: {
    never: ['koffi'],
    notAtStart: ['execa', 'yargs'],
    modules: 688,
    bytes: 1150_000,
    modulesAtStart: 54,
    bytesAtStart: 77_000,
  },
};

const identity = { version: '0.0.0', build: '0'.repeat(16) };

async function weighed([name, entry]) {
  return [name, weigh((await bundle(name, entry, identity)).metafile)];
}

const programs = await Promise.all([...entries].map(weighed));
const excesses = programs.flatMap(([name, files]) =>
  budgets[name]
    ? findExcesses(name, files, budgets[name])
    : [`${name}: has no budget; ${JSON.stringify(measure(files))}`],
);
if (process.argv.includes('--show')) for (const [name, files] of programs) console.log(name, measure(files));
for (const excess of excesses) console.error(excess);
process.exitCode = excesses.length > 0 ? 1 : 0;
