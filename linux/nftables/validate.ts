/** Refuses what the kernel or nft cannot take, or what would mean something else there: names and comments come from outside. */
import { constants } from 'node:os';
import { SyscallError } from '../errors';
import type { Change } from './model';

/** NFTNL_UDATA_COMMENT_MAXLEN counts the NUL. */
const maxComment = 127;

/** @throws SyscallError EINVAL always */
export function refuse(what: string, value: unknown, cause: string): never {
  throw new SyscallError(`encode ${what} ${JSON.stringify(value)}`, constants.errno.EINVAL, cause);
}

/** What nft takes as the name of a table, chain or set. */
export function isName(name: string): boolean {
  return /^[A-Za-z_.][A-Za-z0-9_/.-]{0,127}$/.test(name);
}

export function requireName(what: string, name: string): string {
  if (!isName(name)) refuse(what, name, 'not an identifier of nft');
  return name;
}

function namesOf(change: Change): string[] {
  if ('addTable' in change) return [change.addTable.name];
  if ('deleteTable' in change) return [change.deleteTable.name];
  const names = [change.table.name];
  if ('chain' in change) return [...names, change.chain];
  if ('set' in change) return [...names, change.set.name];
  if ('addSet' in change) return [...names, change.addSet.name];
  if ('addChain' in change) return [...names, change.addChain];
  return [...names, 'flushChain' in change ? change.flushChain : change.deleteChain];
}

/** Of the objects that are to be changed. What is only read may have other names: others made it. */
export function requireChangeNames(change: Change): void {
  for (const name of namesOf(change)) requireName('name', name);
}

/** nft has no escapes in quoted text. */
export function requireComment(comment: string): string {
  if (Buffer.byteLength(comment) > maxComment) refuse('comment', comment, `at most ${maxComment} bytes fit`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end the text or the line
  if (comment === '' || /["\0-\x1f\x7f]/.test(comment))
    refuse('comment', comment, 'empty, or with quotes or control characters');
  return comment;
}
