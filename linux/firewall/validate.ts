/** Refuses what no backend may render: values come from configs and argv, and end up in a rule language. */
import { constants } from 'node:os';
import { familyOf } from '../address/cidr';
import { parseAddress, parseCidr } from '../address/ip-address';
import { parseMac } from '../address/mac-address';
import { SyscallError } from '../errors';
import type { Family, Match, Maybe, PortForward, Rule, RuleSet } from './model';
import { ownerLabel } from './owner-label';

function refuse(what: string, value: unknown, expected: string): never {
  const text = JSON.stringify(value);
  throw new SyscallError(`render firewall ${what} ${text}`, constants.errno.EINVAL, expected);
}

/** The value inside a possible negation. */
export function plainOf<T>(value: Maybe<T>): T {
  return value !== null && typeof value === 'object' && 'not' in value
    ? (value as { not: T }).not
    : (value as T);
}

export function isNegated<T>(value: Maybe<T>): boolean {
  return value !== null && typeof value === 'object' && 'not' in value;
}

/** Interface names with `+` or `*` would match others as well: both tools read them as wildcards. */
function requireInterface(name: string): void {
  if (!/^[A-Za-z0-9_.@=~%][A-Za-z0-9_.@=~%-]{0,14}$/.test(name))
    refuse('interface', name, 'must be a plain interface name');
}

function requireCidrOrAddress(text: string): void {
  if (text.includes('/')) parseCidr(text);
  else parseAddress(text);
}

function requirePort(port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65535) refuse('port', port, 'must be within 1 and 65535');
}

function requireToken(token: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a newline would start a second rule
  if (/[\x00-\x1f\x7f]/.test(token)) refuse('condition', token, 'must not contain control characters');
}

function requireMatch(match: Match): void {
  for (const name of [match.inInterface, match.outInterface])
    if (name !== undefined) requireInterface(plainOf(name));
  for (const cidr of [match.source, match.destination])
    if (cidr !== undefined) requireCidrOrAddress(plainOf(cidr));
  if (match.sourceMac !== undefined) parseMac(plainOf(match.sourceMac));
  if (match.ports) {
    if (!match.protocol) refuse('ports', match.ports, 'need a protocol');
    requirePort(match.ports.first);
    requirePort(match.ports.last);
  }
  match.native?.forEach(requireToken);
}

function requireAction({ action }: Rule): void {
  if ('jump' in action && !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,27}$/.test(action.jump))
    refuse('chain', action.jump, 'must be a chain name of at most 28 characters');
  if (!('dnat' in action)) return;
  parseAddress(action.dnat.address);
  requirePort(action.dnat.port);
}

function requirePorts(forward: PortForward): void {
  const last = (forward.count ?? 1) - 1;
  for (const port of [forward.hostPort, forward.hostPort + last, forward.port, forward.port + last])
    requirePort(port);
}

/** What many ports of a container have in common. */
function endsText({ family, address, subnet, hostAddress }: PortForward): string {
  return JSON.stringify([family, address, subnet, hostAddress]);
}

function requireEnds(forward: PortForward): void {
  parseAddress(forward.address);
  parseCidr(forward.subnet);
  if (forward.hostAddress !== undefined) parseAddress(forward.hostAddress);
  for (const address of [forward.address, forward.subnet, forward.hostAddress ?? forward.address])
    if (familyOf(address) !== forward.family) refuse('address', address, `must be ${forward.family}`);
}

/** macspoofchk sets live in the bridge family, all others in the IP families: so a key alone tells where its set is. */
function requirePlace(set: RuleSet, rule: Rule): void {
  if ((rule.hook === 'bridge-prerouting') !== (set.role === 'macspoofchk'))
    refuse('hook', rule.hook, `does not belong to role ${set.role}`);
}

/** @throws SyscallError EINVAL naming the first value that cannot be rendered */
export function requireRuleSet(set: RuleSet): void {
  ownerLabel(set);
  for (const rule of set.rules) {
    requirePlace(set, rule);
    requireMatch(rule.match);
    requireAction(rule);
    familiesOf(rule);
  }
  const forwards = set.forwards ?? [];
  forwards.forEach(requirePorts);
  for (const forward of new Map(forwards.map((one) => [endsText(one), one])).values()) requireEnds(forward);
}

/** The families that a rule is for: as said, or as its addresses say, or both. @throws SyscallError when they disagree */
export function familiesOf(rule: Rule): Family[] {
  const { match, action } = rule;
  const addresses = [match.source, match.destination].flatMap((value) =>
    value === undefined ? [] : [plainOf(value)],
  );
  if ('dnat' in action) addresses.push(action.dnat.address);
  const families = new Set([...(rule.family ? [rule.family] : []), ...addresses.map(familyOf)]);
  if (families.size > 1) refuse('rule', rule, 'mixes address families');
  return families.size === 1 ? [...families] : ['ipv4', 'ipv6'];
}
