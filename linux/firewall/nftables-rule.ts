/** One rule as statements of nftables. Pure. */
import { constants } from 'node:os';
import { canonicalAddress, familyOf, networkOf } from '../address/cidr';
import { SyscallError } from '../errors';
import type { Field, Statement } from '../nftables/model';
import type { Action, Match, Maybe, Rule } from './model';
import { familiesOf, isNegated, plainOf } from './validate';

function comparison(match: Field, value: Maybe<string> | undefined): Statement[] {
  if (value === undefined) return [];
  return [{ match, ...(isNegated(value) ? { not: true } : {}), values: [plainOf(value)] }];
}

function addressComparison(field: 'saddr' | 'daddr', value: Maybe<string> | undefined): Statement[] {
  if (value === undefined) return [];
  const text = plainOf(value);
  const canonical = text.includes('/') ? networkOf(text) : canonicalAddress(text);
  const negatable = isNegated(value) ? { not: canonical } : canonical;
  return comparison(`${familyOf(text) === 'ipv4' ? 'ip' : 'ip6'} ${field}`, negatable);
}

/** Named where no address says it. */
function familyMatch(rule: Rule): Statement[] {
  const [family, other] = familiesOf(rule);
  const told = rule.match.source !== undefined || rule.match.destination !== undefined;
  if (told || other !== undefined || rule.hook === 'bridge-prerouting') return [];
  return [{ match: 'meta nfproto', values: [family!] }];
}

function portsComparison({ ports }: Match): Statement[] {
  if (!ports) return [];
  const { first, last } = ports;
  return [{ match: 'th dport', values: [first === last ? `${first}` : `${first}-${last}`] }];
}

function matchStatements(match: Match): Statement[] {
  return [
    ...comparison('meta iifname', match.inInterface),
    ...comparison('meta oifname', match.outInterface),
    ...addressComparison('saddr', match.source),
    ...addressComparison('daddr', match.destination),
    ...comparison('meta l4proto', match.protocol),
    ...portsComparison(match),
    ...(match.state ? [{ match: 'ct state', values: match.state } as const] : []),
    ...(match.dnated ? comparison('ct status', 'dnat') : []),
    ...(match.destinationLocal ? comparison('fib daddr type', 'local') : []),
    ...(match.sourceLocal ? comparison('fib saddr type', 'local') : []),
    ...(match.mark
      ? [
          {
            match: 'meta mark',
            values: [`0x${(match.mark.value >>> 0).toString(16)}`],
            mask: match.mark.mask >>> 0,
          } as const,
        ]
      : []),
    ...comparison('ether saddr', match.sourceMac),
    ...(match.native ?? []).map((text) => ({ text })),
  ];
}

function unsupported(what: string): never {
  throw new SyscallError(`render firewall ${what}`, constants.errno.EOPNOTSUPP, 'nftables cannot express it');
}

type Dnat = Extract<Action, { dnat: unknown }>['dnat'];

/** A range that keeps its numbers is a translation of the address alone. */
function dnatStatement({ address, port, lastPort = port, basePort = port }: Dnat): Statement {
  if (lastPort !== port && basePort !== port) unsupported('range with shifted ports as one rule');
  const family = familyOf(address) === 'ipv4' ? 'ip' : 'ip6';
  const target = { family, address: canonicalAddress(address) } as const;
  return { dnat: lastPort === port ? { ...target, port } : target };
}

function actionStatement(action: Action): Statement {
  if ('dnat' in action) return dnatStatement(action.dnat);
  if ('jump' in action) return unsupported(`jump to iptables chain "${action.jump}"`);
  if (!('setMark' in action)) return action;
  const { value, mask } = action.setMark;
  return { setMark: { value: value >>> 0, mask: mask >>> 0 } };
}

/** @throws SyscallError EOPNOTSUPP for a jump to an iptables chain or a shifted range */
export function ruleStatements(rule: Rule): Statement[] {
  return [...familyMatch(rule), ...matchStatements(rule.match), actionStatement(rule.action)];
}
