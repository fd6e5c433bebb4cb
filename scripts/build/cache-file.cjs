/**
 * A code cache as a file: label, V8's data, sum. Both functions are also put into the executables, as text, so each stands
 * for itself.
 */

/** Whose cache it is. V8 compares of the program only its length, and of Node only V8's version. */
function labelOf(digest) {
  return `${digest} ${process.version} ${process.arch}`.padEnd(64);
}

/**
 * A word for the whole, of one word in each 508 bytes: V8 trusts its data and crashes on a block that a disk has lost. Every
 * word would take longer than compiling saves.
 */
function sumOf(data) {
  let sum = data.length;
  for (let at = 0; at + 4 <= data.length; at += 508) sum = (Math.imul(sum, 31) + data.readInt32LE(at)) | 0;
  return sum;
}

/** The bytes of the file. */
function cacheFile(label, data) {
  const end = Buffer.alloc(4);
  end.writeInt32LE(sumOf(data));
  return Buffer.concat([Buffer.from(label), data, end]);
}

module.exports = { labelOf, sumOf, cacheFile };
