/**
 * Holds what executables may consist of: modules and bytes, in all and loaded at every start. Exits 1 and names the
 * bundle, the budget and the largest files. `--show` prints the figures. Whoever needs more raises the budget here, knowingly.
 */
import { findExcesses, measure, weigh } from './build/budget.mjs';
import { bundle } from './build/bundle.mjs';
import { entries } from './build/entries.mjs';

/** A plugin is started for one call: no command line, and what runs other programs only when one is run. */
const plugin = { never: ['yargs', 'koffi'], notAtStart: ['execa'] };

/** What there is, and a tenth more. Modules are files; bytes are minified. */
const budgets = {
  bridge: { ...plugin, modules: 410, bytes: 415_000, modulesAtStart: 220, bytesAtStart: 240_000 },
  container: { ...plugin, modules: 248, bytes: 247_000, modulesAtStart: 48, bytesAtStart: 49_000 },
  host: { ...plugin, modules: 292, bytes: 285_000, modulesAtStart: 95, bytesAtStart: 103_000 },
  'host-local': { ...plugin, modules: 234, bytes: 233_000, modulesAtStart: 69, bytesAtStart: 83_000 },
  loopback: { ...plugin, modules: 292, bytes: 286_000, modulesAtStart: 95, bytesAtStart: 104_000 },
  null: { ...plugin, modules: 292, bytes: 285_000, modulesAtStart: 95, bytesAtStart: 103_000 },
  portmap: { ...plugin, modules: 390, bytes: 385_000, modulesAtStart: 195, bytesAtStart: 200_000 },
  static: { ...plugin, modules: 212, bytes: 206_000, modulesAtStart: 47, bytesAtStart: 56_000 },
  tsnet: {
    never: ['koffi'],
    notAtStart: ['execa', 'yargs'],
    modules: 700,
    bytes: 760_000,
    modulesAtStart: 54,
    bytesAtStart: 57_000,
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
