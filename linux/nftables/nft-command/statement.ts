/** Statements of a rule in nft's language. Pure. */
import type { Field, NewRule, Statement } from '../model';
import { requireName } from '../validate';
import { commentText, fieldValue, hex, word } from './grammar';

type Match = Extract<Statement, { match: unknown }>;

/** Flag fields have an operator of their own for "none of these". */
function operator(match: Match): string {
  if (!match.not) return '';
  return match.match === 'ct state' || match.match === 'ct status' ? '! ' : '!= ';
}

function matchText(match: Match): string {
  const { match: field, mask } = match;
  const values = match.values.map((value) => fieldValue(field, value)).join(',');
  if (mask !== undefined) return `${field} & ${hex(mask)} ${match.not ? '!=' : '=='} ${values}`;
  return `${field} ${operator(match)}${values}`;
}

function concatenation(fields: readonly Field[]): string {
  return fields.join(' . ');
}

function dnatText({ family, address, port }: Extract<Statement, { dnat: unknown }>['dnat']): string {
  const host = word('address', address);
  if (port === undefined) return `dnat ${family} to ${host}`;
  return `dnat ${family} to ${family === 'ip6' ? `[${host}]` : host}:${port}`;
}

function setReference(name: string): string {
  return `@${requireName('set', name)}`;
}

function statementText(statement: Statement): string {
  if ('text' in statement) return statement.text;
  if ('match' in statement) return matchText(statement);
  if ('lookup' in statement)
    return `${concatenation(statement.lookup)} ${statement.not ? '!= ' : ''}${setReference(statement.set)}`;
  if ('dnatMap' in statement) {
    const { family, dnatMap, map } = statement;
    return `dnat ${family} to ${concatenation(dnatMap)} map ${setReference(map)}`;
  }
  if ('dnat' in statement) return dnatText(statement.dnat);
  if ('masquerade' in statement) return 'masquerade';
  if ('setMark' in statement) {
    const { value, mask } = statement.setMark;
    return `meta mark set meta mark & ${hex(~mask)} ^ ${hex(value)}`;
  }
  return 'jump' in statement ? `jump ${requireName('chain', statement.jump)}` : statement.verdict;
}

/** @throws SyscallError EINVAL for values that are not one word */
export function ruleText({ statements, comment }: NewRule): string {
  return `${statements.map(statementText).join(' ')}${commentText(comment)}`;
}
