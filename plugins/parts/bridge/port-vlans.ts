/** VLAN membership of a bridge port: one access VLAN, tagged trunk VLANs, or both. */
import type { BridgeConf } from '../../../conf/bridge';
import { hasCode } from '../../../linux/errors';
import type { Link, Rtnl } from '../../../linux/rtnl/model';

export interface PortVlanPlan {
  /** Untagged VLAN of the port; 0 when none is set. */
  access: number;
  /** Tagged VLANs as inclusive ranges: sorted, disjoint, not adjacent. */
  trunk: { first: number; last: number }[];
  /** The kernel puts each new port into VLAN 1; an access VLAN replaces that. */
  dropDefault: boolean;
}

const defaultVlan = 1;

/** Pure. Undefined when the configuration asks for no VLAN. */
export function plan(
  conf: Pick<BridgeConf, 'vlan' | 'vlanTrunk' | 'preserveDefaultVlan'>,
): PortVlanPlan | undefined {
  if (conf.vlan === 0 && conf.vlanTrunk.length === 0) return undefined;
  return {
    access: conf.vlan,
    trunk: mergeRanges(conf.vlanTrunk.flatMap(rangesOf)),
    dropDefault: conf.vlan !== 0 && conf.vlan !== defaultVlan && !conf.preserveDefaultVlan,
  };
}

function rangesOf(entry: BridgeConf['vlanTrunk'][number]): { first: number; last: number }[] {
  const single = entry.id === undefined ? [] : [{ first: entry.id, last: entry.id }];
  const range = entry.minID === undefined ? [] : [{ first: entry.minID, last: entry.maxID! }];
  return [...single, ...range];
}

function mergeRanges(ranges: { first: number; last: number }[]): { first: number; last: number }[] {
  const merged: { first: number; last: number }[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const previous = merged.at(-1);
    if (previous && first <= previous.last + 1) previous.last = Math.max(previous.last, last);
    else merged.push({ first, last });
  }
  return merged;
}

export function ensure(host: Rtnl, { index }: Link, vlans: PortVlanPlan): void {
  if (vlans.access) host.addBridgeVlan({ index, vid: vlans.access, pvid: true, untagged: true });
  for (const { first, last } of vlans.trunk)
    host.addBridgeVlan({ index, vid: first, ...(last > first ? { vidEnd: last } : {}) });
  if (!vlans.dropDefault || trunkHas(vlans, defaultVlan)) return;
  try {
    host.deleteBridgeVlan({ index, vid: defaultVlan });
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

function trunkHas(vlans: PortVlanPlan, vid: number): boolean {
  return vlans.trunk.some(({ first, last }) => first <= vid && vid <= last);
}

export function verify(host: Rtnl, { index, name }: Link, vlans: PortVlanPlan): void {
  const present = new Map(host.listBridgeVlans(index).map((vlan) => [vlan.vid, vlan]));
  if (vlans.access && !present.get(vlans.access)?.pvid) {
    throw new Error(`verify bridge port "${name}": VLAN ${vlans.access} is not its access VLAN`);
  }
  for (const { first, last } of vlans.trunk) {
    for (let vid = first; vid <= last; vid++) {
      if (!present.has(vid)) throw new Error(`verify bridge port "${name}": trunk VLAN ${vid} is missing`);
    }
  }
}
