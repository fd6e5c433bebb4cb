/** Reads rules of others from what `nft -j list table` prints (libnftables-json(5)). Pure. */

export interface ListedRule {
  chain: string;
  comment?: string;
  statements: Json[];
}

/** The parts of a listing that are read here; all else is skipped. */
export type Json = string | number | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** A value that a rule compares with, as text. */
export function dataText(json: Json): string {
  if (!isObject(json)) return String(json);
  if ('concat' in json) return (json.concat as Json[]).map(dataText).join(' . ');
  if ('range' in json) return (json.range as Json[]).map(dataText).join('-');
  if (!isObject(json.prefix)) return JSON.stringify(json);
  return `${json.prefix.addr}/${json.prefix.len}`;
}

export function parseRules(text: string): ListedRule[] {
  return (JSON.parse(text).nftables as JsonObject[]).flatMap(({ rule }) => {
    if (!isObject(rule)) return [];
    const { chain, comment, expr } = rule;
    return [
      {
        chain: String(chain),
        statements: (expr ?? []) as Json[],
        ...(comment === undefined ? {} : { comment: String(comment) }),
      },
    ];
  });
}
