/** Published ports as plain rules, for what a forward cannot say: conditions and packet marks of the user's. Pure. */
import type { PortmapConf } from '../../../conf/portmap';
import { type Family, hostCidr } from '../../../linux/address/cidr';
import type { Action, Hook, Match, PortForward, Rule } from '../../../linux/firewall/model';

/** Where packets to a published port come by: from outside and from containers, and from the host's own processes. */
const entryHooks: readonly Hook[] = ['nat-prerouting', 'nat-output'];
const loopback = '127.0.0.0/8';

export function conditionsOf(conf: PortmapConf, family: Family): readonly string[] {
  return family === 'ipv4' ? conf.conditionsV4 : conf.conditionsV6;
}

/** Whether masquerade goes by a packet mark of the user's choice. */
export function usesMarks({ snat, markMasqBit, externalSetMarkChain }: PortmapConf): boolean {
  return snat && (markMasqBit !== undefined || externalSetMarkChain !== undefined);
}

/** Whether connections from this host to 127.0.0.1 arrive by this forward. */
export function reachesFromLocalhost({ family, hostAddress, masquerade }: PortForward): boolean {
  const atLocalhost = hostAddress === undefined || hostAddress.startsWith('127.');
  return family === 'ipv4' && atLocalhost && masquerade !== 'never';
}

/** Packets to the host side of a forward, before its address is changed. */
function matchHostSide(conf: PortmapConf, forward: PortForward): Match {
  const native = conditionsOf(conf, forward.family);
  return {
    destinationLocal: true,
    ...(forward.hostAddress !== undefined && { destination: hostCidr(forward.hostAddress) }),
    protocol: forward.protocol,
    ports: { first: forward.hostPort, last: forward.hostPort + (forward.count ?? 1) - 1 },
    ...(native.length > 0 && { native: [...native] }),
  };
}

/** Packets to the container side of a forward, after its address was changed. */
function matchContainerSide(forward: PortForward): Match {
  return {
    dnated: true,
    destination: hostCidr(forward.address),
    protocol: forward.protocol,
    ports: { first: forward.port, last: forward.port + (forward.count ?? 1) - 1 },
  };
}

/** Conditions on the source of connections that need masquerade; an empty one is every source. */
function masqueradedSources({ family, subnet, masquerade }: PortForward): { source?: string }[] {
  if (masquerade === 'never') return [];
  if (masquerade === 'always') return [{}];
  return family === 'ipv4' ? [{ source: subnet }, { source: loopback }] : [{ source: subnet }];
}

/** A range that keeps its numbers needs no base: the kernel keeps a port that lies in the range. */
function dnat({ address, port, hostPort, count = 1 }: PortForward): Action {
  if (count === 1) return { dnat: { address, port } };
  return {
    dnat: { address, port, lastPort: port + count - 1, ...(port !== hostPort && { basePort: hostPort }) },
  };
}

function dnatRules(conf: PortmapConf, forward: PortForward): Rule[] {
  const { family } = forward;
  const match = matchHostSide(conf, forward);
  return entryHooks.map((hook) => ({ hook, family, match, action: dnat(forward) }));
}

/** Masquerade without a mark, of what has been forwarded. */
function masqueradeRules(forward: PortForward): Rule[] {
  return masqueradedSources(forward).map((source) => ({
    hook: 'nat-postrouting',
    family: forward.family,
    match: { ...matchContainerSide(forward), ...source },
    action: { masquerade: true },
  }));
}

/** Marks what needs masquerade, by the bit or the chain that the user names. It has to come before the address changes. */
function markRules(conf: PortmapConf, forward: PortForward): Rule[] {
  const { family } = forward;
  const chain = conf.externalSetMarkChain;
  const action: Action = chain ? { jump: chain } : { setMark: markOf(conf) };
  return masqueradedSources(forward).flatMap((source) =>
    entryHooks.map((hook) => ({
      hook,
      family,
      match: { ...matchHostSide(conf, forward), ...source },
      action,
    })),
  );
}

function markOf({ markMasqBit = 0 }: PortmapConf): { value: number; mask: number } {
  return { value: 2 ** markMasqBit, mask: 2 ** markMasqBit };
}

/** Masquerade of what bears the mark; with a chain of the administrator's that is the administrator's. */
function markedMasqueradeRules(conf: PortmapConf, forwards: readonly PortForward[]): Rule[] {
  if (conf.externalSetMarkChain !== undefined) return [];
  const families = [...new Set(forwards.map(({ family }) => family))];
  return families.map((family) => ({
    hook: 'nat-postrouting',
    family,
    match: { mark: markOf(conf) },
    action: { masquerade: true },
  }));
}

/** With route_localnet, loopback services of the host would be open to the container's network (CVE-2020-8558). */
function localhostGuard(forwards: readonly PortForward[]): Rule[] {
  if (!forwards.some(reachesFromLocalhost)) return [];
  const match: Match = { inInterface: { not: 'lo' }, destination: loopback };
  return [{ hook: 'raw-prerouting', family: 'ipv4', match, action: { verdict: 'drop' } }];
}

/** Forwards as rules: the container's address is the same, the user's conditions and marks are added. */
export function planRules(conf: PortmapConf, forwards: readonly PortForward[]): Rule[] {
  const marks = usesMarks(conf);
  return [
    ...localhostGuard(forwards),
    ...(marks ? forwards.flatMap((forward) => markRules(conf, forward)) : []),
    ...forwards.flatMap((forward) => dnatRules(conf, forward)),
    ...(marks ? markedMasqueradeRules(conf, forwards) : forwards.flatMap(masqueradeRules)),
  ];
}
