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
  bridge: { ...plugin, modules: 420, bytes: 624_000, modulesAtStart: 225, bytesAtStart: 321_000 },
  container: { ...plugin, modules: 254, bytes: 381_000, modulesAtStart: 49, bytesAtStart: 68_000 },
  host: { ...plugin, modules: 299, bytes: 437_000, modulesAtStart: 98, bytesAtStart: 126_000 },
  'host-local': { ...plugin, modules: 239, bytes: 357_000, modulesAtStart: 73, bytesAtStart: 98_000 },
  loopback: { ...plugin, modules: 299, bytes: 439_000, modulesAtStart: 98, bytesAtStart: 127_000 },
  null: { ...plugin, modules: 299, bytes: 438_000, modulesAtStart: 98, bytesAtStart: 126_000 },
  portmap: { ...plugin, modules: 398, bytes: 575_000, modulesAtStart: 203, bytesAtStart: 272_000 },
  static: { ...plugin, modules: 214, bytes: 315_000, modulesAtStart: 48, bytesAtStart: 56_000 },
  tsnet: {
    never: ['koffi'],
    notAtStart: ['execa', 'yargs'],
    modules: 689,
    bytes: 1151_000,
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
