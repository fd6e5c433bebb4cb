/** Reads what `nft -j list` prints (libnftables-json(5)). Pure. */
import { createHash } from 'node:crypto';
import { canonicalAddress } from '../../address/cidr';
import type { BaseChain, ChainRecord, DataType, Element, RuleRecord, SetSpec, TableRef } from '../model';
import { protocolName, protocolNumber } from '../protocol';

/** The parts of a listing that are read here; all else is skipped. */
export type Json = string | number | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** The objects of one kind, in order. */
export function objectsOf(output: string, ...kinds: string[]): JsonObject[] {
  const items = JSON.parse(output).nftables as JsonObject[];
  return items.flatMap((item) => kinds.map((kind) => item[kind]).filter(isObject));
}

export function readTable({ family, name }: JsonObject): TableRef {
  return { family: family as TableRef['family'], name: String(name) };
}

export function readChain({ name, hook, type, prio, policy }: JsonObject): ChainRecord {
  if (hook === undefined) return { name: String(name) };
  const base = { type, hook, priority: Number(prio), policy } as BaseChain & { policy: 'accept' | 'drop' };
  return { name: String(name), base };
}

/** Concatenated keys are listed as an array, concatenated values as text. */
function typesOf(json: Json): DataType[] {
  return (Array.isArray(json) ? json : String(json).split(' . ')) as DataType[];
}

export function readSet({ name, type, map, flags }: JsonObject): SetSpec {
  const names = Array.isArray(flags) ? flags : [];
  return {
    name: String(name),
    key: typesOf(type!),
    ...(map === undefined ? {} : { value: typesOf(map) }),
    ...(names.includes('interval') ? { interval: true } : {}),
    ...(names.some((flag) => flag !== 'interval') ? { other: true } : {}),
  };
}

function canonical(text: string, type: DataType | undefined): string {
  if (type === 'inet_proto') return protocolName(protocolNumber(text));
  return type === 'ipv6_addr' ? canonicalAddress(text) : text;
}

function partText(json: Json, type: DataType | undefined): string {
  if (!isObject(json)) return canonical(String(json), type);
  if ('range' in json) return (json.range as Json[]).map((end) => partText(end, type)).join('-');
  const { addr, len } = json.prefix as JsonObject;
  return `${canonical(String(addr), type)}/${len}`;
}

function partsOf(json: Json, types: readonly DataType[]): string[] {
  const parts = isObject(json) && 'concat' in json ? (json.concat as Json[]) : [json];
  return parts.map((part, at) => partText(part, types[at]));
}

export function readElement(set: SetSpec, json: Json): Element {
  const [key, value] = Array.isArray(json) ? json : [json];
  const elem = isObject(key) && isObject(key.elem) ? key.elem : undefined;
  const comment = elem?.comment;
  return {
    key: partsOf((elem?.val ?? key)!, set.key),
    ...(value === undefined || !set.value ? {} : { value: partsOf(value, set.value) }),
    ...(comment === undefined ? {} : { comment: String(comment) }),
  };
}

function jumpOf(statements: readonly Json[]): string | undefined {
  for (const statement of statements) {
    const target = isObject(statement) ? (statement.jump ?? statement.goto) : undefined;
    if (isObject(target)) return String(target.target);
  }
  return undefined;
}

function digest(statements: readonly Json[]): string {
  const lasting = statements.filter((statement) => !isObject(statement) || !('counter' in statement));
  return createHash('sha256').update(JSON.stringify(lasting)).digest('hex');
}

export function readRule({ handle, comment, expr }: JsonObject): RuleRecord {
  const statements = (expr ?? []) as Json[];
  return {
    handle: Number(handle),
    comment: comment === undefined ? undefined : String(comment),
    jump: jumpOf(statements),
    digest: digest(statements),
  };
}

/** Undefined when the chain is not in the listing. */
export function findRulesIn(output: string, table: TableRef, chain: string): RuleRecord[] | undefined {
  const isIn = (object: JsonObject) => object.table === table.name;
  const chains = objectsOf(output, 'chain').filter((found) => isIn(found) && found.name === chain);
  if (chains.length === 0) return undefined;
  return objectsOf(output, 'rule')
    .filter((rule) => isIn(rule) && rule.chain === chain)
    .map(readRule);
}
