/** The first line of installed bundles. */

const generic = /^#!\/usr\/bin\/env -S -u NODE_EXTRA_CA_CERTS node(?<flag> \S+)?\n/;

/** Of what the kernel reads of a first line (BINPRM_BUF_SIZE in <linux/binfmts.h>, 256), room is left for a flag. */
const longestPath = 200;

/**
 * Names `node` by its path: saves the start of env, and needs no PATH. Nothing changes where the kernel could not read that
 * line: it ends the path at white space, and passes on no more than one argument.
 */
export function withInterpreter(bundle: Buffer, node: string): Buffer {
  const line = generic.exec(bundle.toString('latin1', 0, longestPath));
  if (line === null || /\s/.test(node) || Buffer.byteLength(node) > longestPath) return bundle;
  const first = Buffer.from(`#!${node}${line.groups?.flag ?? ''}\n`);
  return Buffer.concat([first, bundle.subarray(line[0].length)]);
}
