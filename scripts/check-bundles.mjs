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
  bridge: { ...plugin, modules: 410, bytes: 618_000, modulesAtStart: 216, bytesAtStart: 334_000 },
  container: { ...plugin, modules: 249, bytes: 379_000, modulesAtStart: 48, bytesAtStart: 67_000 },
  host: { ...plugin, modules: 293, bytes: 435_000, modulesAtStart: 94, bytesAtStart: 143_000 },
  'host-local': { ...plugin, modules: 235, bytes: 356_000, modulesAtStart: 70, bytesAtStart: 116_000 },
  loopback: { ...plugin, modules: 293, bytes: 437_000, modulesAtStart: 94, bytesAtStart: 144_000 },
  null: { ...plugin, modules: 293, bytes: 436_000, modulesAtStart: 94, bytesAtStart: 143_000 },
  portmap: { ...plugin, modules: 388, bytes: 568_000, modulesAtStart: 194, bytesAtStart: 284_000 },
  static: { ...plugin, modules: 211, bytes: 314_000, modulesAtStart: 46, bytesAtStart: 74_000 },
  tsnet: {
    never: ['koffi'],
    notAtStart: ['execa', 'yargs'],
    modules: 679,
    bytes: 1141_000,
    modulesAtStart: 53,
    bytesAtStart: 76_000,
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
