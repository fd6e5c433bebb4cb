/** Configuration of the `bridge` plugin: the reference plugin's keys, and `icc`, `internal` and `firewallBackend` of ours. */
import * as v from 'valibot';
import { networkKeys } from './network';
import { interfaceName, isVlanId, macAddress, mtu, vlanId } from './values';

const boolean = v.optional(v.boolean(), false);

/** The address of the container's end. */
export const portMac = macAddress('failed to make veth pair');

/** A key of a trunk entry. */
function trunkId(key: 'id' | 'minID' | 'maxID') {
  return v.optional(
    v.pipe(
      v.number(),
      v.check(isVlanId, (issue) => `incorrect trunk ${key} parameter: ${issue.input}`),
    ),
  );
}

/** One VLAN or an inclusive range carried tagged to the container. */
const trunk = v.pipe(
  v.object({ id: trunkId('id'), minID: trunkId('minID'), maxID: trunkId('maxID') }),
  v.check(
    (entry) => entry.id !== undefined || entry.minID !== undefined || entry.maxID !== undefined,
    'incorrect trunk id parameter: give "id", or "minID" and "maxID"',
  ),
  v.check(
    (entry) => entry.minID === undefined || entry.maxID !== undefined,
    'minID and maxID should be configured simultaneously, maxID is missing',
  ),
  v.check(
    (entry) => entry.maxID === undefined || entry.minID !== undefined,
    'minID and maxID should be configured simultaneously, minID is missing',
  ),
  v.check(
    (entry) => (entry.minID ?? 0) <= (entry.maxID ?? 4094),
    'minID is greater than maxID in trunk parameter',
  ),
);

export const bridgeConf = v.pipe(
  v.looseObject({
    ...networkKeys,
    /** Name of the bridge; made when it is missing, never removed. */
    bridge: v.optional(interfaceName, 'cni0'),
    isGateway: boolean,
    isDefaultGateway: boolean,
    forceAddress: boolean,
    ipMasq: boolean,
    ipMasqBackend: v.optional(
      v.picklist(['iptables', 'nftables'], (issue) => `unknown ipmasq backend ${issue.received}`),
    ),
    /** Which firewall carries our rules; what the host already uses when absent. */
    firewallBackend: v.optional(v.picklist(['iptables', 'nftables', 'none'])),
    /** Bytes; 0 leaves the kernel's default. */
    mtu: v.optional(mtu, 0),
    hairpinMode: boolean,
    promiscMode: boolean,
    vlan: v.optional(vlanId, 0),
    vlanTrunk: v.optional(v.array(trunk), []),
    preserveDefaultVlan: boolean,
    macspoofchk: boolean,
    enabledad: boolean,
    disableContainerInterface: boolean,
    portIsolation: boolean,
    /** Inter-container communication; false drops what one container of the bridge sends to another (Docker's `enable_icc`). */
    icc: v.optional(v.boolean(), true),
    /** No traffic between this network and anything but the host (Docker's `--internal`). */
    internal: boolean,
    args: v.optional(v.looseObject({ cni: v.optional(v.looseObject({ mac: v.optional(portMac) })) })),
    runtimeConfig: v.optional(v.looseObject({ mac: v.optional(portMac) })),
  }),
  v.check(
    (conf) => /^[\w.@=~-]+$/.test(conf.bridge) || !(conf.ipMasq || conf.internal || !conf.icc),
    (issue) =>
      `invalid interface name "${issue.input.bridge}": firewall rules need letters, digits or _ . @ = ~ - (bridge)`,
  ),
  v.check(
    (conf) => !(conf.hairpinMode && conf.promiscMode),
    'cannot set hairpin mode and promiscuous mode at the same time.',
  ),
  v.check(
    (conf) => !(conf.disableContainerInterface && conf.ipam?.type),
    'cannot use IPAM when DisableContainerInterface flag is set',
  ),
);

export type BridgeConf = v.InferOutput<typeof bridgeConf>;
