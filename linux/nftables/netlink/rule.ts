/** Rules: NFTA_RULE_* (linux/netfilter/nf_tables.h). */
import { fingerprintOf } from '../../../values/fingerprint';
import { AttributeTable, attributes } from '../../netlink/attribute';
import type { Message } from '../../netlink/message';
import type { RuleRecord, TableRef } from '../model';
import { objectName } from '../operation';
import { be64, readBe64 } from './attribute';
import { attributesOf, inTable, NFT_MSG_GETRULE, NFTA_DATA_VERDICT, nameText } from './message';
import type { NetfilterSocket } from './socket';
import { decodeComment } from './user-data';

const NFTA_RULE_CHAIN = 2;
const NFTA_RULE_HANDLE = 3;
const NFTA_RULE_EXPRESSIONS = 4;
const NFTA_RULE_USERDATA = 7;
const NFTA_EXPR_NAME = 1;
const NFTA_EXPR_DATA = 2;
const NFTA_IMMEDIATE_DATA = 2;
const NFTA_VERDICT_CHAIN = 2;

/** Expressions that hold what packets make of them. */
const volatileNames = ['counter', 'quota', 'last'];

function chainAttribute(chain: string): Buffer {
  return nameText(NFTA_RULE_CHAIN, chain);
}

/** The body of a request about all rules of a chain. */
export function encodeWholeChain(table: TableRef, chain: string): Buffer {
  return inTable(table, [chainAttribute(chain)]);
}

/** The body of a request about one rule. */
export function encodeRuleHandle(table: TableRef, chain: string, handle: number): Buffer {
  return inTable(table, [chainAttribute(chain), be64(NFTA_RULE_HANDLE, handle)]);
}

interface Expression {
  name: string;
  data: Buffer;
}

function expressionsOf(bytes: Buffer): Expression[] {
  return attributes(bytes).map(({ payload }) => {
    const table = new AttributeTable(payload);
    return {
      name: table.text(NFTA_EXPR_NAME) ?? '',
      data: table.bytes(NFTA_EXPR_DATA) ?? Buffer.alloc(0),
    };
  });
}

function jumpOf(expressions: readonly Expression[]): string | undefined {
  for (const { name, data } of expressions) {
    if (name !== 'immediate') continue;
    const verdict = new AttributeTable(data).nested(NFTA_IMMEDIATE_DATA).nested(NFTA_DATA_VERDICT);
    const chain = verdict.text(NFTA_VERDICT_CHAIN);
    if (chain !== undefined) return chain;
  }
  return undefined;
}

function digest(expressions: readonly Expression[]): string {
  const lasting = expressions
    .filter(({ name }) => name !== 'counter')
    .map(({ name, data }) => [
      name,
      data.length,
      volatileNames.includes(name) ? '' : data.toString('latin1'),
    ]);
  return fingerprintOf(lasting.flat().join('\0'));
}

function decodeRule(message: Message): RuleRecord {
  const table = attributesOf(message);
  const expressions = expressionsOf(table.bytes(NFTA_RULE_EXPRESSIONS) ?? Buffer.alloc(0));
  return {
    handle: readBe64(table, NFTA_RULE_HANDLE),
    comment: decodeComment(table.bytes(NFTA_RULE_USERDATA)),
    jump: jumpOf(expressions),
    digest: digest(expressions),
  };
}

/** Of one chain: the kernel finds it by its name. Empty also when there is no such chain. */
export function listRules(socket: NetfilterSocket, table: TableRef, chain: string): RuleRecord[] {
  const operation = `list rules of ${objectName('chain', chain, table)}`;
  const body = encodeWholeChain(table, chain);
  return socket.dump({ operation, type: NFT_MSG_GETRULE, body }).map(decodeRule);
}
