/** Published ports as firewall data. Pure. */
import { CniError, ErrorCode } from '../../../cni/errors';
import { describeHostSide, type PortMapping } from '../../../conf/port-mapping';
import type { PortmapConf } from '../../../conf/portmap';
import { canonicalAddress, type Family, familyOf, hostOf, networkOf } from '../../../linux/address/cidr';
import type { Owner, PortForward, RuleSet } from '../../../linux/firewall/model';
import { conditionsOf, planRules, reachesFromLocalhost, usesMarks } from './rules';
import { joinRuns } from './runs';
import type { Targets } from './targets';

export function listMappings(conf: PortmapConf): readonly PortMapping[] {
  return conf.runtimeConfig?.portMappings ?? [];
}

/** A host address of a mapping in one family: undefined is any of it, null is none. */
function hostAddress({ hostIP }: PortMapping, family: Family): string | undefined | null {
  if (hostIP === '') return undefined;
  if (familyOf(hostIP) !== family) return null;
  const address = canonicalAddress(hostIP);
  return address === '0.0.0.0' || address === '::' ? undefined : address;
}

function masqueradeOf({ snat, masqAll }: PortmapConf): PortForward['masquerade'] {
  if (!snat) return 'never';
  return masqAll ? 'always' : 'needed';
}

/** The container's side, which is the same for each of its ports. */
type ContainerSide = Pick<PortForward, 'family' | 'address' | 'subnet' | 'masquerade'>;

function containerSide(target: string, masquerade: PortForward['masquerade']): ContainerSide {
  const address = canonicalAddress(hostOf(target));
  return { family: familyOf(target), address, subnet: networkOf(target), masquerade };
}

function planForward(mapping: PortMapping, container: ContainerSide): PortForward | undefined {
  const host = hostAddress(mapping, container.family);
  if (host === null) return undefined;
  return {
    ...container,
    protocol: mapping.protocol,
    ...(host !== undefined && { hostAddress: host }),
    hostPort: mapping.hostPort,
    ...(mapping.range > 1 && { count: mapping.range }),
    port: mapping.containerPort,
  };
}

/** Every forward that the configuration asks for, with a container address of its family. */
export function planForwards(conf: PortmapConf, targets: Targets): PortForward[] {
  const masquerade = masqueradeOf(conf);
  const containers = Object.values(targets).map((target) => containerSide(target, masquerade));
  return joinRuns(listMappings(conf)).flatMap((mapping) =>
    containers.flatMap((container) => planForward(mapping, container) ?? []),
  );
}

/**
 * What to ensure for all forwards, in this order; each set replaces the one before, and the last is what stays and CHECK verifies.
 *
 * A port is a forward, which backends are fast at and guard against double use. With marks of the user's it has to be
 * rules, which nobody guards, so it is claimed as a forward first. With conditions it is rules from the start: others
 * may have the same port under other conditions.
 */
export function planRuleSets(conf: PortmapConf, owner: Owner, all: readonly PortForward[]): RuleSet[] {
  const isClaimed = ({ family }: PortForward) => conditionsOf(conf, family).length === 0;
  const claimed = all.filter(isClaimed);
  if (!usesMarks(conf)) {
    const rules = planRules(
      conf,
      all.filter((forward) => !isClaimed(forward)),
    );
    return [{ role: 'portmap', owner, rules, forwards: claimed }];
  }
  return [
    { role: 'portmap', owner, rules: [], forwards: claimed },
    { role: 'portmap', owner, rules: planRules(conf, all), forwards: [] },
  ];
}

/** @throws CniError 7 when ports are to be published of a container without an address */
export function requireTargets(conf: PortmapConf, targets: Targets): void {
  const [first] = listMappings(conf);
  if (first && Object.keys(targets).length === 0)
    throw new CniError(
      ErrorCode.invalidConfig,
      `publish ${describeHostSide(first)}: prevResult has no address of the container`,
    );
}

/** The attachment as an owner of rules. */
export function ownerOf(
  network: string,
  { containerId, ifName }: { containerId: string; ifName: string },
): Owner {
  return [network, containerId, ifName];
}

/** Whether connections to 127.0.0.1 are published, which takes `route_localnet` on the interface towards the container. */
export function servesLocalhost(forwards: readonly PortForward[]): boolean {
  return forwards.some(reachesFromLocalhost);
}
