/** The rules of `macspoofchk`: one set per attachment, in the firewall's bridge hook. */
import { existsSync } from 'node:fs';
import type { Attachment } from '../../../cni/plugin';
import type { Rollback } from '../../../cni/rollback';
import type { BridgeConf } from '../../../conf/bridge';
import { listOwnersEverywhere, removeEverywhere } from '../../../linux/firewall/detect';
import type { Owner, RuleSetKey } from '../../../linux/firewall/model';
import { FileLock } from '../../../linux/flock/flock';
import type { Link } from '../../../linux/rtnl/model';
import type { AttachmentKey } from '../ownership';
import { getNetworkFirewall, lockPath } from './network';
import * as rules from './rules';

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

function guardsLock(network: string): string {
  return lockPath(network, '.guards');
}

export async function ensure({
  conf,
  key,
  port,
  mac,
  rollback,
}: Target & { rollback: Rollback }): Promise<void> {
  const firewall = await getNetworkFirewall(conf);
  using _lock = await FileLock.acquire(guardsLock(key.network));
  rollback.defer(() => firewall.remove([keyOf(key)]));
  await firewall.ensure(rules.macspoofchk(key, port.name, mac));
}

export async function verify({ conf, key, port, mac }: Target): Promise<void> {
  const firewall = await getNetworkFirewall(conf);
  await firewall.verify(rules.macspoofchk(key, port.name, mac));
}

/** Whether there can be sets of the network: its configuration may have been changed since they were made. */
function mayHaveSets(conf: BridgeConf, network: string): boolean {
  return conf.macspoofchk || existsSync(guardsLock(network));
}

export async function remove(conf: BridgeConf, key: AttachmentKey): Promise<void> {
  if (mayHaveSets(conf, key.network)) await removeEverywhere([keyOf(key)]);
}

/** Removes the sets of a network's attachments that are not valid any more. */
export async function removeStale(
  conf: BridgeConf,
  network: string,
  valid: readonly Attachment[],
): Promise<void> {
  if (!mayHaveSets(conf, network)) return;
  const keep = new Set(valid.map(({ containerId, ifName }) => `${containerId}/${ifName}`));
  const isStale = ([, containerId, ifName]: Owner) => !keep.has(`${containerId}/${ifName}`);
  const stale = (await listOwnersEverywhere('macspoofchk', network)).filter(isStale);
  await removeEverywhere(stale.map((owner) => ({ role: 'macspoofchk', owner })));
}
