/**
 * The file that is started: a few lines that Node compiles, then the program inside one comment, which V8 skips. The comment
 * is a function's, whose text V8 gives without reading the file again or copying. The lines compile the program with the
 * code cache of lib/<name>.cache, when there is one that was made of this very program by this very Node; otherwise
 * without, which takes longer and gives the same. So an executable is whole by itself and can be copied alone, while
 * beside its cache it starts quickly.
 */
import { createHash } from 'node:crypto';
import { labelOf, sumOf } from './cache-file.cjs';

/** NODE_EXTRA_CA_CERTS makes Node parse a certificate bundle at start (45 ms); nothing here opens TLS at start. */
const shebang = '#!/usr/bin/env -S -u NODE_EXTRA_CA_CERTS node';

/** What a comment cannot hold, and what stands for it. */
const commentEnd = '*/';
const escapedEnd = '*\x01/';

const wrapperStart = '(function (exports, require, module, __filename, __dirname) {';
const wrapperEnd = '\n})';

/** @param program CommonJS text @returns the text as it is compiled: one function expression */
export function wrap(program) {
  return `${wrapperStart}${program}${wrapperEnd}`;
}

/** What the label of a cache says of the program. */
export function digestOf(wrapped) {
  return createHash('sha256').update(wrapped).digest('hex').slice(0, 32);
}

const opening = 'function program() {/*\n';
const closing = '*/}';

function starter(name, digest) {
  return `'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const text = program.toString().slice(${opening.length}, -${closing.length}).replaceAll(${JSON.stringify(escapedEnd)}, ${JSON.stringify(commentEnd)});
let cachedData;
try {
  const stored = readFileSync(__dirname + '/../lib/${name}.cache');
  const data = stored.subarray(64, -4);
  if (stored.latin1Slice(0, 64) === labelOf('${digest}') && stored.readInt32LE(64 + data.length) === sumOf(data)) cachedData = data;
} catch {}
const script = new Script(text, { filename: __filename, lineOffset: LINES, cachedData });
script.runInThisContext()(exports, require, module, __filename, __dirname);
${labelOf}
${sumOf}`;
}

/** The whole text of an executable. @throws Error when the program has characters that would be compiled as others */
export function executableText({ name, version, wrapped }) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked for
  if (/[^\x00-\x7f]/.test(wrapped) || wrapped.includes(escapedEnd))
    throw new Error(`wrap "${name}": the program is not plain ASCII`);
  const head = `${shebang}\n// tsnet ${version} ${name}\n${starter(name, digestOf(wrapped))}\n${opening}`;
  const lines = head.split('\n').length - 1;
  return `${head.replace('LINES', String(lines))}${wrapped.replaceAll(commentEnd, escapedEnd)}${closing}\n`;
}
