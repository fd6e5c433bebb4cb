/** Which ports of the host a rule of nftables leads elsewhere, whoever made it (libnftables-json(5)). Pure. */
import type { Family, Protocol } from './model';
import { dataText, isObject, type Json, type JsonObject } from './nftables-json';
import type { HostPorts } from './taken-ports';

const protocols = ['tcp', 'udp', 'sctp'] as const satisfies Protocol[];
const families: Record<string, Family> = { ip: 'ipv4', ip6: 'ipv6', ipv4: 'ipv4', ipv6: 'ipv6' };

interface Condition {
  /** What is compared: `tcp dport`, `ip daddr`, `l4proto`, … */
  field: string;
  negated: boolean;
  values: string[];
}

function fieldOf(left: Json | undefined): string {
  const { payload, meta } = isObject(left) ? left : {};
  if (isObject(payload)) return `${payload.protocol} ${payload.field}`;
  return isObject(meta) ? String(meta.key) : JSON.stringify(left ?? null);
}

function valuesOf(right: Json): string[] {
  return isObject(right) && Array.isArray(right.set) ? right.set.map(dataText) : [dataText(right)];
}

function conditionsOf(statements: readonly Json[]): Condition[] {
  return statements.flatMap((statement) => {
    const match = isObject(statement) ? statement.match : undefined;
    if (!isObject(match)) return [];
    return [{ field: fieldOf(match.left), negated: match.op === '!=', values: valuesOf(match.right!) }];
  });
}

function targetOf(statements: readonly Json[]): JsonObject | undefined {
  for (const statement of statements) {
    if (!isObject(statement)) continue;
    const target = statement.dnat ?? statement.redirect;
    if (target !== undefined) return isObject(target) ? target : {};
  }
  return undefined;
}

/** The families of packets that a rule of this table sees; both where nothing tells. */
function familiesOf(table: string, target: JsonObject, conditions: Condition[]): Family[] {
  const told = [
    table,
    String(target.family),
    ...conditions.flatMap(({ field, values }) => (field === 'nfproto' ? values : [field.split(' ')[0]!])),
  ].flatMap((word) => families[word] ?? []);
  return told.length > 0 ? told.slice(0, 1) : ['ipv4', 'ipv6'];
}

function protocolsOf(ports: Condition, conditions: Condition[]): Protocol[] {
  const header = ports.field.split(' ')[0]!;
  const named = header === 'th' ? conditions.find(({ field }) => field === 'l4proto')?.values : [header];
  return protocols.filter((protocol) => named === undefined || named.includes(protocol));
}

/** Conditions that leave a port what it is to most clients. */
function isGeneral({ field, negated }: Condition): boolean {
  return negated || /^(\w+ dport|ip6? daddr|l4proto|nfproto)$/.test(field) || field.startsWith('{"fib"');
}

/** @param table the family of its table, such as `ip` or `inet` */
export function listDnatPorts(table: string, statements: readonly Json[]): HostPorts[] {
  const target = targetOf(statements);
  const conditions = conditionsOf(statements);
  const ports = conditions.find(({ field, negated }) => field.endsWith(' dport') && !negated);
  if (!target || !ports) return [];
  const addresses = conditions.find(({ field, negated }) => field.endsWith(' daddr') && !negated)?.values;
  const bound = (addresses ?? [undefined]).map((address) => (address === undefined ? {} : { address }));
  const conditional = conditions.every(isGeneral) ? {} : { conditional: true as const };
  return familiesOf(table, target, conditions).flatMap((family) =>
    protocolsOf(ports, conditions).flatMap((protocol) =>
      bound.flatMap((address) =>
        ports.values.map((range) => ({ family, protocol, ...address, ...rangeOf(range), ...conditional })),
      ),
    ),
  );
}

function rangeOf(text: string): { first: number; last: number } {
  const [first, last = first] = text.split('-').map(Number);
  return { first: first!, last: last! };
}

/** Where the rule leads: `10.0.0.2:80`, or no more than what it does. */
export function describeTarget(statements: readonly Json[]): string {
  const { addr, port } = targetOf(statements) ?? {};
  const address = typeof addr === 'string' ? addr : '';
  return port === undefined || isObject(port) ? address : `${address}:${port}`;
}
