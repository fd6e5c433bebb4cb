/**
 * What the attachments of one bridge network share on the host besides the bridge: masquerade and policy rules, and a
 * VLAN's gateway. The first attachment makes them and the last one takes them along; a lock per network keeps "am I the
 * last?" and "remove" together.
 */
import { existsSync } from 'node:fs';
import { CniError, ErrorCode } from '../../../cni/errors';
import type { Result } from '../../../cni/result';
import type { BridgeConf } from '../../../conf/bridge';
import { hasCode } from '../../../linux/errors';
import { listOwnersEverywhere, openFirewall, removeEverywhere } from '../../../linux/firewall/detect';
import type { Firewall, RuleSet, RuleSetKey } from '../../../linux/firewall/model';
import { FileLock } from '../../../linux/flock/flock';
import type { Rtnl } from '../../../linux/rtnl/model';
import { openRtnl } from '../../../linux/rtnl/open';
import { statePath } from '../../../linux/state-folder';
import { sha256Hex } from '../../../values/sha256';
import * as bridgePort from './port';
import * as rules from './rules';
import * as vlanGateway from './vlan-gateway';

export interface BridgeNetwork {
  network: string;
  conf: BridgeConf;
}

/** The interface that carries the network's gateway addresses. */
export function gatewayDevice(conf: BridgeConf): string {
  return conf.vlan === 0 ? conf.bridge : `${conf.bridge}.${conf.vlan}`;
}

/** Whether the configuration asks for rules that the whole network shares. */
function wantsRules(conf: BridgeConf): boolean {
  return conf.ipMasq || conf.internal || !conf.icc;
}

/** Pure. */
function plan({ network, conf }: BridgeNetwork, ips: Result['ips'] = []): RuleSet[] {
  const device = gatewayDevice(conf);
  const policy = rules.policy(network, device, conf);
  const masquerade = conf.ipMasq
    ? rules.masquerade(
        network,
        device,
        ips.map((ip) => ip.address),
      )
    : [];
  return policy ? [policy, ...masquerade] : masquerade;
}

/**
 * For making rules and for looking whether they are there.
 * @throws CniError 50 when neither iptables nor nftables works, unless the configuration says that there shall be none
 */
export async function getNetworkFirewall(conf: BridgeConf): Promise<Firewall> {
  const firewall = await openFirewall(conf.firewallBackend ?? conf.ipMasqBackend);
  if (firewall.backend !== 'none' || conf.firewallBackend === 'none') return firewall;
  throw new CniError(ErrorCode.notReady, 'open firewall: neither iptables nor nftables works on this host');
}

/** Of a lock of the network. Its file is there once it was needed since the host's start: a cheap sign of what may be left. */
export function lockPath(network: string, purpose = ''): string {
  const name = sha256Hex(network).slice(0, 32);
  return statePath(`networks/${name}${purpose}.lock`);
}

/** Milliseconds: a hundred attachments that come together wait for each other. */
const patience = 120_000;

function lock(network: string, { shared = false } = {}): Promise<FileLock> {
  return FileLock.acquire(lockPath(network), { timeout: patience, shared });
}

/** Makes the rules for these addresses where they are missing. Call it once the attachment's port exists. */
export async function ensureRules(target: BridgeNetwork, ips: Result['ips']): Promise<void> {
  const sets = plan(target, ips);
  if (sets.length === 0) return;
  const firewall = await getNetworkFirewall(target.conf);
  if (await areInPlace(firewall, sets, target.network)) return;
  using _lock = await lock(target.network);
  for (const set of sets) await firewall.ensure(set);
}

/**
 * Most attachments find the rules there and need not wait for each other to know. Who removes the rules holds the lock
 * alone, and who does so later sees this attachment's port first.
 */
async function areInPlace(firewall: Firewall, sets: RuleSet[], network: string): Promise<boolean> {
  using _lock = await lock(network, { shared: true });
  try {
    for (const set of sets) await firewall.verify(set);
    return true;
  } catch (error) {
    if (hasCode(error, 'EDRIFT')) return false;
    throw error;
  }
}

export async function verifyRules(target: BridgeNetwork, ips: Result['ips']): Promise<void> {
  const sets = plan(target, ips);
  if (sets.length === 0) return;
  const firewall = await getNetworkFirewall(target.conf);
  for (const set of sets) await firewall.verify(set);
}

/**
 * Removes what the network shares when its last attachment is gone; otherwise does nothing. What is removed does not go by
 * the configuration, which may have changed, nor by the backend that it names.
 */
export async function release({ network, conf }: BridgeNetwork): Promise<void> {
  if (!wantsRules(conf) && conf.vlan === 0 && !existsSync(lockPath(network))) return;
  using host = openRtnl();
  // Everyone looks once its own port is gone: whoever sees another's leaves the rest to that one, without waiting
  if (conf.vlan === 0 && bridgePort.exists(host, network, conf.bridge)) return;
  using _lock = await lock(network);
  if (conf.vlan !== 0) await releaseVlanGateway(host, conf);
  if (!bridgePort.exists(host, network, conf.bridge)) await removeEverywhere(await listKeys(network));
}

async function releaseVlanGateway(host: Rtnl, conf: BridgeConf): Promise<void> {
  const bridge = host.findLink(conf.bridge);
  if (bridge) await vlanGateway.removeUnused(host, bridge, conf.vlan);
}

async function listKeys(network: string): Promise<RuleSetKey[]> {
  const subnets = await listOwnersEverywhere('masquerade', network);
  return [
    { role: 'policy', owner: [network] },
    ...subnets.map((owner) => ({ role: 'masquerade', owner }) as const),
  ];
}

/** @throws CniError 50 when the network needs rules and no firewall backend works here */
export async function requireReady(conf: BridgeConf): Promise<void> {
  if (!wantsRules(conf) && !conf.macspoofchk) return;
  try {
    await (await getNetworkFirewall(conf)).status();
  } catch (error) {
    throw new CniError(ErrorCode.notReady, (error as Error).message);
  }
}
