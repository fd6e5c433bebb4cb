/** Statements of a rule as expressions, in the shapes that nft makes and lists. Pure. */
import { constants } from 'node:os';
import { AF_INET, AF_INET6, parseAddress } from '../../address/ip-address';
import { SyscallError } from '../../errors';
import { aligned, attribute, nested } from '../../netlink/attribute';
import { parsePort } from '../data';
import type { Field, NewRule, SetSpec, Statement, TableRef } from '../model';
import { refuse, requireComment, requireName } from '../validate';
import {
  bitwise,
  byteorderOfByte,
  dnat,
  immediate,
  lookup,
  masquerade,
  metaLoad,
  metaSet,
  NFT_REG_1,
  NFT_REG_2,
  registerAt,
  verdict,
} from './expression';
import { fieldKinds, hostNumber } from './field';
import { KnownHeaders } from './known-headers';
import { encodeMatch } from './match';
import { inTable, nameText } from './message';
import { isIntervalConcatenation } from './set';
import { encodeComment } from './user-data';

const NFTA_RULE_CHAIN = 2;
const NFTA_RULE_EXPRESSIONS = 4;
const NFTA_RULE_USERDATA = 7;
const NFT_META_MARK = 3;
const NF_NAT_RANGE_PROTO_SPECIFIED = 2;
const NFT_JUMP = -3;

const verdictCodes = { accept: 1, drop: 0, return: -5, continue: -1 };
const familyNumbers = { ip: AF_INET, ip6: AF_INET6 };

/** What a rule needs to know of the sets that it names. */
export type FindSet = (name: string) => SetSpec;

/** Loads the fields side by side, as the parts of a set's key lie. */
function loadKey(fields: readonly Field[], set: SetSpec, headers: KnownHeaders): Buffer[] {
  const kinds = fields.map((field) => fieldKinds[field]);
  const conditions = kinds.flatMap(({ header }) => headers.require(header));
  let offset = 0;
  const loads = kinds.flatMap((kind) => {
    const register = registerAt(offset);
    offset += aligned(kind.size);
    const isByte = kind.size === 1 && isIntervalConcatenation(set);
    return [kind.load(register), ...(isByte ? [byteorderOfByte(register)] : [])];
  });
  return [...conditions, ...loads];
}

type DnatMap = Extract<Statement, { dnatMap: unknown }>;

/** The value stands where the key stood, the port behind the address. */
function encodeDnatMap(statement: DnatMap, headers: KnownHeaders, findSet: FindSet): Buffer[] {
  const set = findSet(statement.map);
  const family = familyNumbers[statement.family];
  const port = set.value && set.value.length > 1 ? registerAt(family === AF_INET ? 4 : 16) : undefined;
  return [
    ...loadKey(statement.dnatMap, set, headers),
    lookup(requireName('set', statement.map), 'value'),
    dnat({ family, address: NFT_REG_1, ...(port === undefined ? {} : { port }) }),
  ];
}

function encodeDnat({ family, address, port }: Extract<Statement, { dnat: unknown }>['dnat']): Buffer[] {
  const target = parseAddress(address);
  if (target.family !== familyNumbers[family]) refuse('address', address, 'of the other family');
  const place = { family: target.family, address: NFT_REG_1 };
  if (port === undefined) return [immediate(NFT_REG_1, target.bytes), dnat(place)];
  return [
    immediate(NFT_REG_1, target.bytes),
    immediate(NFT_REG_2, parsePort(String(port))),
    dnat({ ...place, port: NFT_REG_2, flags: NF_NAT_RANGE_PROTO_SPECIFIED }),
  ];
}

function encodeSetMark({ value, mask }: { value: number; mask: number }): Buffer[] {
  return [
    metaLoad(NFT_META_MARK, NFT_REG_1),
    bitwise(hostNumber(~mask), hostNumber(value)),
    metaSet(NFT_META_MARK),
  ];
}

function encodeStatement(statement: Statement, headers: KnownHeaders, findSet: FindSet): Buffer[] {
  if ('match' in statement) return encodeMatch(statement, headers);
  if ('lookup' in statement) {
    const { lookup: fields, set, not } = statement;
    const key = loadKey(fields, findSet(set), headers);
    return [...key, lookup(requireName('set', set), not ? 'stranger' : 'member')];
  }
  if ('dnatMap' in statement) return encodeDnatMap(statement, headers, findSet);
  if ('dnat' in statement) return encodeDnat(statement.dnat);
  if ('masquerade' in statement) return [masquerade()];
  if ('setMark' in statement) return encodeSetMark(statement.setMark);
  if ('verdict' in statement) return [verdict(verdictCodes[statement.verdict])];
  if ('jump' in statement) return [verdict(NFT_JUMP, requireName('chain', statement.jump))];
  throw new SyscallError(`encode rule ${JSON.stringify(statement.text)}`, constants.errno.EOPNOTSUPP);
}

/** The body of a request that appends the rule. @throws SyscallError EINVAL; what `findSet` throws */
export function encodeRule(
  { table, chain }: { table: TableRef; chain: string },
  { statements, comment }: NewRule,
  findSet: FindSet,
): Buffer {
  const headers = new KnownHeaders(table.family);
  const expressions = statements.flatMap((statement) => encodeStatement(statement, headers, findSet));
  return inTable(table, [
    nameText(NFTA_RULE_CHAIN, chain),
    nested(NFTA_RULE_EXPRESSIONS, expressions),
    ...(comment === undefined ? [] : [attribute(NFTA_RULE_USERDATA, encodeComment(requireComment(comment)))]),
  ]);
}
