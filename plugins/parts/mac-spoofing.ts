/** The rules of `macspoofchk`: one set per attachment, in the firewall's bridge hook. */
import type { Attachment } from '../../cni/plugin';
import type { Rollback } from '../../cni/rollback';
import type { BridgeConf } from '../../conf/bridge';
import type { Owner, RuleSetKey } from '../../linux/firewall/model';
import type { Link } from '../../linux/rtnl';
import * as rules from './bridge-firewall';
import { getNetworkFirewall, openNetworkFirewall } from './bridge-network';
import type { AttachmentKey } from './ownership';

interface Target {
  conf: BridgeConf;
  key: AttachmentKey;
  port: Link;
  /** The only source address that the container may send from. */
  mac: string;
}

function keyOf({ network, containerId, ifName }: AttachmentKey): RuleSetKey {
  return { role: 'macspoofchk', owner: [network, containerId, ifName] };
}

export async function ensure({
  conf,
  key,
  port,
  mac,
  rollback,
}: Target & { rollback: Rollback }): Promise<void> {
  const firewall = await getNetworkFirewall(conf);
  rollback.defer(() => firewall.remove([keyOf(key)]));
  await firewall.ensure(rules.macspoofchk(key, port.name, mac));
}

export async function verify({ conf, key, port, mac }: Target): Promise<void> {
  const firewall = await getNetworkFirewall(conf);
  await firewall.verify(rules.macspoofchk(key, port.name, mac));
}

export async function remove(conf: BridgeConf, keys: AttachmentKey[]): Promise<void> {
  const firewall = await openNetworkFirewall(conf);
  await firewall.remove(keys.map(keyOf));
}

/** Removes the sets of a network's attachments that are not valid any more. */
export async function removeStale(
  conf: BridgeConf,
  network: string,
  valid: readonly Attachment[],
): Promise<void> {
  const firewall = await openNetworkFirewall(conf);
  const keep = new Set(valid.map(({ containerId, ifName }) => `${containerId}/${ifName}`));
  const isStale = ([, containerId, ifName]: Owner) => !keep.has(`${containerId}/${ifName}`);
  const stale = (await firewall.listOwners('macspoofchk', network)).filter(isStale);
  await firewall.remove(stale.map((owner) => ({ role: 'macspoofchk', owner })));
}
