/** From the configuration to the specification of each part. Pure. */
import * as v from 'valibot';
import { CniError, ErrorCode } from '../../../cni/errors';
import type { Args } from '../../../cni/plugin';
import { type BridgeConf, portMac } from '../../../conf/bridge';
import type { AddressingOptions } from '../addressing';
import type { HostBridgeSpec } from './host-bridge';
import type { BridgePortSpec } from './port';
import * as portVlans from './port-vlans';

export function hostBridgeSpec(conf: BridgeConf): HostBridgeSpec {
  const { bridge, mtu, promiscMode } = conf;
  return { bridge, mtu, promiscMode, vlanFiltering: portVlans.plan(conf) !== undefined };
}

/** Isolated ports are how containers of one bridge are kept apart: frames between ports never reach a firewall rule. */
export function portSpec(
  conf: BridgeConf,
  args: Args,
): Pick<BridgePortSpec, 'mtu' | 'mac' | 'hairpin' | 'isolated'> {
  return {
    mtu: conf.mtu,
    mac: requestedMac(conf, args),
    hairpin: conf.hairpinMode,
    isolated: conf.portIsolation || !conf.icc,
  };
}

/** `runtimeConfig.mac` wins over `args.cni.mac`, which wins over CNI_ARGS `MAC`. @throws CniError when the last is no address */
function requestedMac(conf: BridgeConf, args: Args): string | undefined {
  const configured = conf.runtimeConfig?.mac || conf.args?.cni?.mac || undefined;
  const argument = args.cniArgs.get('MAC');
  if (configured || !argument) return configured;
  const parsed = v.safeParse(portMac, argument);
  if (parsed.success) return parsed.output;
  throw new CniError(ErrorCode.invalidEnvironment, parsed.issues[0].message, 'CNI_ARGS');
}

/** The network's containers have the bridge (or their VLAN's gateway) as gateway. */
export function isGateway(conf: BridgeConf): boolean {
  return conf.isGateway || conf.isDefaultGateway;
}

export function addressingOptions(conf: BridgeConf): AddressingOptions {
  return { needsGateway: isGateway(conf), defaultRoute: conf.isDefaultGateway };
}
