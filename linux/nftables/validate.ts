/** Refuses what the kernel or nft cannot take, or what would mean something else there: names and comments come from outside. */
import { constants } from 'node:os';
import { SyscallError } from '../errors';

/** NFTNL_UDATA_COMMENT_MAXLEN counts the NUL. */
const maxComment = 127;

/** @throws SyscallError EINVAL always */
export function refuse(what: string, value: unknown, cause: string): never {
  throw new SyscallError(`encode ${what} ${JSON.stringify(value)}`, constants.errno.EINVAL, cause);
}

/** Names of tables, chains and sets: what nft takes as an identifier, so that both implementations take the same. */
export function requireName(what: string, name: string): string {
  if (!/^[A-Za-z_.][A-Za-z0-9_/.-]{0,127}$/.test(name)) refuse(what, name, 'not an identifier of nft');
  return name;
}

/** nft has no escapes in quoted text. */
export function requireComment(comment: string): string {
  if (Buffer.byteLength(comment) > maxComment) refuse('comment', comment, `at most ${maxComment} bytes fit`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end the text or the line
  if (comment === '' || /["\0-\x1f\x7f]/.test(comment))
    refuse('comment', comment, 'empty, or with quotes or control characters');
  return comment;
}
