/** Conditions as expressions, in the shapes that nft makes and lists. Pure. */
import { findPrefix, type Interval } from '../data';
import type { Statement } from '../model';
import { refuse } from '../validate';
import {
  bitwise,
  cmp,
  NFT_CMP_EQ,
  NFT_CMP_GTE,
  NFT_CMP_LTE,
  NFT_CMP_NEQ,
  NFT_REG_1,
  outsideRange,
  payloadLoad,
} from './expression';
import { type FieldKind, fieldKinds, hostNumber } from './field';
import type { KnownHeaders } from './known-headers';

export type Match = Extract<Statement, { match: unknown }>;

function equality({ not }: Match): number {
  return not ? NFT_CMP_NEQ : NFT_CMP_EQ;
}

/** Whether one of the flags is set; none of them where negated. */
function flagsMatch(match: Match, kind: FieldKind): Buffer[] {
  const bits = match.values.reduce((sum, value) => sum | kind.parse(value).first.readUInt32LE(), 0);
  const found = cmp(match.not ? NFT_CMP_EQ : NFT_CMP_NEQ, hostNumber(0));
  return [kind.load(NFT_REG_1), bitwise(hostNumber(bits)), found];
}

/** Names that end in `*` stand for all that begin so; `\*` for an asterisk of the name's own. */
function findWildcard(value: string): Buffer | undefined {
  if (!value.endsWith('*') || value.endsWith('\\*') || value === '*') return undefined;
  return Buffer.from(value.slice(0, -1));
}

function nameMatch(match: Match, value: string): Buffer[] {
  const kind = fieldKinds[match.match];
  const wanted = findWildcard(value) ?? kind.parse(value.replace(/\\\*$/, '*')).first;
  return [kind.load(NFT_REG_1), cmp(equality(match), wanted)];
}

/** A prefix of whole bytes is read as so many bytes, any other is masked. */
function prefixMatch(match: Match, { first }: Interval, prefix: number): Buffer[] {
  const kind = fieldKinds[match.match];
  const place = kind.place!;
  if (prefix > 0 && prefix % 8 === 0) {
    const length = prefix / 8;
    return [payloadLoad({ ...place, length }, NFT_REG_1), cmp(equality(match), first.subarray(0, length))];
  }
  const mask = Buffer.alloc(first.length);
  for (let bit = 0; bit < prefix; bit += 1) mask[bit >> 3]! |= 0x80 >> (bit & 7);
  return [kind.load(NFT_REG_1), bitwise(mask), cmp(equality(match), first)];
}

function rangeMatch(match: Match, { first, last }: Interval): Buffer[] {
  const load = fieldKinds[match.match].load(NFT_REG_1);
  return match.not
    ? [load, outsideRange(first, last)]
    : [load, cmp(NFT_CMP_GTE, first), cmp(NFT_CMP_LTE, last)];
}

function valueMatch(match: Match, value: string): Buffer[] {
  const kind = fieldKinds[match.match];
  const interval = kind.parse(value);
  if (value.includes('/')) return prefixMatch(match, interval, findPrefix(interval)!);
  const compare = cmp(equality(match), interval.first);
  if (match.mask !== undefined) return [kind.load(NFT_REG_1), bitwise(hostNumber(match.mask)), compare];
  return value.includes('-') && kind.place && kind.header !== 'ether'
    ? rangeMatch(match, interval)
    : [kind.load(NFT_REG_1), compare];
}

function ownExpressions(match: Match): Buffer[] {
  const { match: field, values } = match;
  const kind = fieldKinds[field];
  if (kind.flags) return flagsMatch(match, kind);
  const [value, more] = values;
  if (value === undefined || more !== undefined) refuse(field, values, 'one value is needed');
  return field === 'meta iifname' || field === 'meta oifname'
    ? nameMatch(match, value)
    : valueMatch(match, value);
}

export function encodeMatch(match: Match, headers: KnownHeaders): Buffer[] {
  const conditions = headers.require(fieldKinds[match.match].header);
  if (match.match === 'meta nfproto' && !match.not) headers.add(match.values[0] === 'ipv4' ? 'ip' : 'ip6');
  return [...conditions, ...ownExpressions(match)];
}
