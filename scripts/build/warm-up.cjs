/**
 * A process that runs a program as its executable would, several calls in a row, and then writes V8's code cache of it: the
 * cache holds the functions that were used. Runs in a private host, where that is allowed (code-cache.mjs).
 *
 * Standard input: JSON { wrapped, executable, cache, label, calls: [{ argv, env, stdin }] }
 */
const fs = require('node:fs');
const { Script } = require('node:vm');
const v8 = require('node:v8');
const { cacheFile } = require('./cache-file.cjs');

const { wrapped, executable, cache, label, calls } = JSON.parse(fs.readFileSync(0, 'utf8'));

/** What the program sees as node:fs: standard input is the call's. */
const fsOfProgram = { ...fs };

function requireForProgram(id) {
  return id === 'node:fs' ? fsOfProgram : require(id);
}
requireForProgram.resolve = require.resolve;

/** Runs one call to the point where its process would end. */
function runCall(script, { argv, env, stdin }) {
  process.argv = [process.execPath, executable, ...argv];
  for (const name of Object.keys(process.env)) if (name.startsWith('CNI_')) delete process.env[name];
  Object.assign(process.env, env);
  fsOfProgram.readFileSync = (path, ...rest) =>
    path === 0 ? Buffer.from(stdin) : fs.readFileSync(path, ...rest);
  return new Promise((resolve) => {
    process.exit = resolve;
    process.once('beforeExit', () => setImmediate(resolve));
    const module = { exports: {} };
    const folder = executable.slice(0, executable.lastIndexOf('/'));
    script.runInThisContext()(module.exports, requireForProgram, module, executable, folder);
  });
}

async function main() {
  const { exit } = process;
  process.exitCode = 1;
  // V8 may drop code that has not run for a while. The flags are part of what a cache is checked against.
  v8.setFlagsFromString('--no-flush-bytecode');
  const script = new Script(wrapped, { filename: executable });
  for (const call of calls) await runCall(script, call);
  v8.setFlagsFromString('--flush-bytecode');
  fs.writeFileSync(`${cache}.new`, cacheFile(label, script.createCachedData()));
  fs.renameSync(`${cache}.new`, cache);
  exit.call(process, 0);
}

main();
