/** Words of nft's language (nft(8)): nothing from outside may become more than one word. Pure. */
import type { DataType, Field, TableRef } from '../model';
import { protocolNumber } from '../protocol';
import { refuse, requireComment, requireName } from '../validate';

/** An address, prefix, number, range or symbol. */
export function word(what: string, value: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9:./-]*$|^::[0-9a-f:./-]*$/i.test(value)) refuse(what, value, 'not one word');
  return value;
}

function quoted(what: string, value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end the text or the line
  if (value === '' || /["\0-\x1f\x7f]/.test(value))
    refuse(what, value, 'empty, or with quotes or control characters');
  return `"${value}"`;
}

export function fieldValue(field: Field, value: string): string {
  if (field === 'meta iifname' || field === 'meta oifname') return quoted('interface', value);
  return field === 'meta l4proto' ? String(protocolNumber(value)) : word(field, value);
}

export function dataValue(type: DataType, value: string): string {
  if (type === 'ifname') return quoted('interface', value);
  return type === 'inet_proto' ? String(protocolNumber(value)) : word(type, value);
}

/** `inet tsnet`. */
export function tableText({ family, name }: TableRef): string {
  return `${family} ${requireName('table', name)}`;
}

/** With a space before it; empty without a comment. */
export function commentText(comment: string | undefined): string {
  return comment === undefined ? '' : ` comment "${requireComment(comment)}"`;
}

/** A 32-bit mask or mark. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
