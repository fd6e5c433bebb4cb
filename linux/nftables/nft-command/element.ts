/** Sets and their elements in nft's language. Pure. */
import type { DataType, Element, SetSpec } from '../model';
import { refuse } from '../validate';
import { commentText, dataValue } from './grammar';

function concatenation(types: readonly DataType[], parts: readonly string[]): string {
  if (types.length !== parts.length) refuse('element', parts, `${types.length} parts are needed`);
  return types.map((type, at) => dataValue(type, parts[at]!)).join(' . ');
}

export function keyText(set: SetSpec, key: readonly string[]): string {
  return concatenation(set.key, key);
}

export function elementText(set: SetSpec, { key, value, comment }: Element): string {
  const target = set.value ? ` : ${concatenation(set.value, value ?? [])}` : '';
  return `${keyText(set, key)}${commentText(comment)}${target}`;
}

/** `{ type inet_proto . inet_service : ipv4_addr; flags interval; }`. */
export function declarationText({ key, value, interval }: SetSpec): string {
  const type = [key, ...(value ? [value] : [])].map((types) => types.join(' . ')).join(' : ');
  return `{ type ${type};${interval ? ' flags interval;' : ''} }`;
}
