/**
 * Who owns a rule set, as text that the kernel keeps: hashed in chain names, readable in comments. Comments are the only
 * memory that GC and DEL need.
 *
 * A label reads `tsnet:portmap:mynet/c1/eth0`. Every byte outside `[A-Za-z0-9._:-]` is percent-encoded, so no owner can
 * break out of a quoted comment, and no two owners share a label.
 */
import { constants } from 'node:os';
import { sha256Hex } from '../../values/sha256';
import { SyscallError } from '../errors';
import type { Owner, Role, RuleSetKey } from './model';

const roles: readonly string[] = ['masquerade', 'policy', 'macspoofchk', 'portmap'] satisfies Role[];
/** CNI sets no limit; this keeps what one owner can make the kernel store within reason. */
const maxPartLength = 1024;

function requirePart(part: string): void {
  const refuse = (cause: string): never => {
    const text = JSON.stringify(part).slice(0, 80);
    throw new SyscallError(`name firewall owner ${text}`, constants.errno.EINVAL, cause);
  };
  if (part === '') refuse('must not be empty');
  if (part.length > maxPartLength) refuse(`must have at most ${maxPartLength} characters`);
  if (Buffer.from(part).toString() !== part) refuse('must be well-formed Unicode');
}

function encodePart(part: string): string {
  if (/^[A-Za-z0-9._:-]*$/.test(part)) return part;
  return [...Buffer.from(part)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9._:-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

/** @throws SyscallError EINVAL for an empty, overlong or ill-formed part of the owner */
export function ownerLabel({ role, owner }: RuleSetKey): string {
  for (const part of owner) requirePart(part);
  return `tsnet:${role}:${owner.map(encodePart).join('/')}`;
}

/** The key that {@link ownerLabel} was made from; undefined for any other text. */
export function parseOwnerLabel(label: string): RuleSetKey | undefined {
  const [, role, path] = /^tsnet:([a-z]+):(.+)$/.exec(label) ?? [];
  const parts = path?.split('/') ?? [];
  if (role === undefined || !roles.includes(role) || parts.length > 3) return undefined;
  try {
    return { role: role as Role, owner: parts.map(decodeURIComponent) as unknown as Owner };
  } catch {
    return undefined;
  }
}

/** For messages: `mynet/c1/eth0`, still encoded, so that one owner cannot look like another. */
export function readableOwner(key: RuleSetKey): string {
  return key.owner.map(encodePart).join('/');
}

/** Hexadecimal digits that stand for the key in names of chains and elements. */
export function ownerHash({ role, owner }: RuleSetKey, digits: number): string {
  return sha256Hex(JSON.stringify([role, ...owner])).slice(0, digits);
}

/**
 * Cuts a label, or a text that begins with one, into comments of at most `limit` bytes: one as a rule, else numbered ones
 * (`tsnet+1/3:…`). The first goes on every rule of the owner, the others on rules of their own that do nothing.
 */
export function labelComments(text: string, limit: number): [string, ...string[]] {
  if (text.length <= limit) return [text];
  const room = limit - 'tsnet+9999/9999:'.length;
  const count = Math.ceil(text.length / room);
  const parts = Array.from({ length: count }, (_, index) => text.slice(index * room, (index + 1) * room));
  return parts.map((part, index) => `tsnet+${index + 1}/${count}:${part}`) as [string, ...string[]];
}

/** The text that {@link labelComments} cut, from comments in whatever order; undefined when a part of it is missing. */
export function joinComments(comments: Iterable<string>): string | undefined {
  const parts: string[] = [];
  let total = 0;
  for (const comment of comments) {
    const [, number, count, text] = /^tsnet\+(\d{1,4})\/(\d{1,4}):(.*)$/s.exec(comment) ?? [];
    if (number === undefined) {
      if (parseOwnerLabel(labelOf(comment))) return comment;
      continue;
    }
    parts[Number(number) - 1] = text!;
    total = Number(count);
  }
  return total > 0 && parts.filter((part) => part !== undefined).length === total
    ? parts.join('')
    : undefined;
}

/** What a text says before its first blank: labels have none. */
function labelOf(text: string): string {
  return text.split(' ', 1)[0]!;
}

/** The key behind the comments of one chain, in whatever order; undefined when they are not, or not wholly, ours. */
export function keyOfComments(comments: Iterable<string>): RuleSetKey | undefined {
  return parseOwnerLabel(labelOf(joinComments(comments) ?? ''));
}
