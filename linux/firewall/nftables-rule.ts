/** One rule in nft syntax. Pure. */
import { constants } from 'node:os';
import { familyOf } from '../address/cidr';
import { SyscallError } from '../errors';
import type { Action, Match, Maybe, Rule } from './model';
import { familiesOf, isNegated, plainOf } from './validate';

function comparison(left: string, value: Maybe<string> | undefined, quote = ''): string[] {
  if (value === undefined) return [];
  return [`${left} ${isNegated(value) ? '!= ' : ''}${quote}${plainOf(value)}${quote}`];
}

function addressComparison(field: string, value: Maybe<string> | undefined): string[] {
  if (value === undefined) return [];
  return comparison(`${familyOf(plainOf(value)) === 'ipv4' ? 'ip' : 'ip6'} ${field}`, value);
}

/** Named where no address says it. */
function familyMatch(rule: Rule): string[] {
  const [family, other] = familiesOf(rule);
  const told = rule.match.source !== undefined || rule.match.destination !== undefined;
  return told || other !== undefined || rule.hook === 'bridge-prerouting' ? [] : [`meta nfproto ${family}`];
}

function portText(first: number, last: number): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

function matchTexts(match: Match): string[] {
  return [
    ...comparison('iifname', match.inInterface, '"'),
    ...comparison('oifname', match.outInterface, '"'),
    ...addressComparison('saddr', match.source),
    ...addressComparison('daddr', match.destination),
    ...(match.protocol && !match.ports ? [`meta l4proto ${match.protocol}`] : []),
    ...(match.ports ? [`${match.protocol} dport ${portText(match.ports.first, match.ports.last)}`] : []),
    ...(match.state ? [`ct state ${match.state.join(',')}`] : []),
    ...(match.dnated ? ['ct status dnat'] : []),
    ...(match.destinationLocal ? ['fib daddr type local'] : []),
    ...(match.sourceLocal ? ['fib saddr type local'] : []),
    ...(match.mark ? [`meta mark & ${hex(match.mark.mask)} == ${hex(match.mark.value)}`] : []),
    ...comparison('ether saddr', match.sourceMac),
    ...(match.native ?? []),
  ];
}

function unsupported(what: string): never {
  throw new SyscallError(`render firewall ${what}`, constants.errno.EOPNOTSUPP, 'nftables cannot express it');
}

type Dnat = Extract<Action, { dnat: unknown }>['dnat'];

/** A range that keeps its numbers is a translation of the address alone. */
function dnatText({ address, port, lastPort = port, basePort = port }: Dnat): string {
  if (lastPort !== port && basePort !== port) unsupported('range with shifted ports as one rule');
  const [family, host] = familyOf(address) === 'ipv4' ? ['ip', address] : ['ip6', `[${address}]`];
  return lastPort === port ? `dnat ${family} to ${host}:${port}` : `dnat ${family} to ${address}`;
}

function actionText(action: Action): string {
  if ('verdict' in action) return action.verdict;
  if ('masquerade' in action) return 'masquerade';
  if ('dnat' in action) return dnatText(action.dnat);
  if ('jump' in action) return unsupported(`jump to iptables chain "${action.jump}"`);
  const { value, mask } = action.setMark;
  return `meta mark set meta mark & ${hex(~mask)} ^ ${hex(value)}`;
}

/** @throws SyscallError EOPNOTSUPP for a jump to an iptables chain or a shifted range */
export function ruleText(rule: Rule): string {
  return [...familyMatch(rule), ...matchTexts(rule.match), actionText(rule.action)].join(' ');
}
