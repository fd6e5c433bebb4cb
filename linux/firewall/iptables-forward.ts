/** Published ports as iptables rules. Pure. */
import type { Place } from './iptables-layout';
import type { Action, Match, PortForward } from './model';

export interface PlacedRule {
  place: Place;
  match: Match;
  action: Action;
}

/** One rule whatever the size of the range. A range that keeps its numbers needs no port arithmetic, so none is asked for. */
function dnatRule(forward: PortForward): PlacedRule {
  const { protocol, hostPort, count = 1, address, port, hostAddress } = forward;
  const lastPort = port + count - 1;
  const shifted = count > 1 && port !== hostPort;
  return {
    place: 'published',
    match: {
      protocol,
      ports: { first: hostPort, last: hostPort + count - 1 },
      ...(hostAddress === undefined ? {} : { destination: hostAddress }),
    },
    action: { dnat: { address, port, lastPort, ...(shifted ? { basePort: hostPort } : {}) } },
  };
}

/**
 * Whose connections are masqueraded: all, or those that would be answered past the host (from the container's own network),
 * and those from 127.0.0.0/8, which nothing off the host can answer.
 */
function masqueradeRules({ family, address, subnet, masquerade }: PortForward): PlacedRule[] {
  if (masquerade === 'never') return [];
  const rule = (source?: string): PlacedRule => ({
    place: 'translated',
    match: { destination: address, ...(source === undefined ? {} : { source }) },
    action: { masquerade: true },
  });
  if (masquerade === 'always') return [rule()];
  return [rule(subnet), ...(family === 'ipv4' ? [rule('127.0.0.0/8')] : [])];
}

/** Masquerade is per container address, not per port: equal rules are given once. */
export function planForwards(forwards: readonly PortForward[]): PlacedRule[] {
  const masquerades = new Map(
    forwards.flatMap(masqueradeRules).map((rule) => [JSON.stringify(rule.match), rule]),
  );
  return [...forwards.map(dnatRule), ...masquerades.values()];
}
