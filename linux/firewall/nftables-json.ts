/** Reads what `nft -j list table` prints (libnftables-json(5)). Pure. */

export interface NftRule {
  handle: number;
  comment?: string;
  /** Target of a rule that ends in a jump. */
  jump?: string;
  statements: Json[];
}

export interface NftChain {
  hook?: string;
  type?: string;
  priority?: number;
  policy?: string;
  rules: NftRule[];
}

export interface NftElement {
  /** In nft's own syntax: `tcp . 8080`, `10.0.0.2 . 10.0.0.0/24`. */
  key: string;
  /** Of a map's element. */
  value?: string;
  comment?: string;
}

export interface NftTable {
  /** Such as `inet tsnet`. */
  name: string;
  chains: Map<string, NftChain>;
  /** Sets and maps alike. */
  sets: Map<string, NftElement[]>;
  /** What each set or map is declared as: comparable text. */
  declarations: Map<string, string>;
}

/** The parts of a listing that are read here; all else is skipped. */
export type Json = string | number | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** A key or value of an element as text. */
export function dataText(json: Json): string {
  if (!isObject(json)) return String(json);
  if ('concat' in json) return (json.concat as Json[]).map(dataText).join(' . ');
  if ('range' in json) return (json.range as Json[]).map(dataText).join('-');
  const { addr, len } = json.prefix as JsonObject;
  return `${addr}/${len}`;
}

function element(json: Json): NftElement {
  if (Array.isArray(json)) return { ...element(json[0]!), value: dataText(json[1]!) };
  if (!isObject(json) || !isObject(json.elem)) return { key: dataText(json) };
  const { val, comment } = json.elem;
  return { key: dataText(val!), ...(comment === undefined ? {} : { comment: String(comment) }) };
}

function jumpOf(rule: JsonObject): string | undefined {
  const statements = rule.expr as JsonObject[];
  const jump = statements.find((statement) => isObject(statement.jump))?.jump;
  return isObject(jump) ? String(jump.target) : undefined;
}

function addRule(table: NftTable, rule: JsonObject): void {
  const jump = jumpOf(rule);
  table.chains.get(String(rule.chain))?.rules.push({
    handle: Number(rule.handle),
    statements: rule.expr as Json[],
    ...(rule.comment === undefined ? {} : { comment: String(rule.comment) }),
    ...(jump === undefined ? {} : { jump }),
  });
}

function addChain(table: NftTable, { name, hook, type, prio, policy }: JsonObject): void {
  const base =
    hook === undefined
      ? {}
      : { hook: String(hook), type: String(type), priority: Number(prio), policy: String(policy) };
  table.chains.set(String(name), { ...base, rules: [] });
}

function addSet(table: NftTable, set: JsonObject): void {
  const { elem, handle: _, ...declaration } = set;
  table.sets.set(String(set.name), ((elem ?? []) as Json[]).map(element));
  table.declarations.set(String(set.name), JSON.stringify(declaration));
}

/** nft lists a table before what is in it, and chains before their rules. */
export function parseTable(text: string): NftTable {
  const table: NftTable = { name: '', chains: new Map(), sets: new Map(), declarations: new Map() };
  for (const item of JSON.parse(text).nftables as JsonObject[]) {
    const set = item.map ?? item.set;
    if (isObject(item.table)) table.name = `${item.table.family} ${item.table.name}`;
    if (isObject(item.chain)) addChain(table, item.chain);
    if (isObject(item.rule)) addRule(table, item.rule);
    if (isObject(set)) addSet(table, set);
  }
  return table;
}

/** What `nft -j list tables` names, as `inet tsnet`. */
export function listTableNames(text: string): string[] {
  const items = JSON.parse(text).nftables as JsonObject[];
  return items.flatMap(({ table }) => (isObject(table) ? [`${table.family} ${table.name}`] : []));
}

/** Tables with the names that iptables-nft gives are its own. */
export function isIptablesTable(name: string): boolean {
  return /^(ip|ip6|bridge|arp) (raw|mangle|nat|filter|security)$/.test(name);
}
