/** From a command's options to the networks and the runtime that they name. */
import type { Conflist } from '../../cni/runtime/conflist';
import { parseNetwork, verifyPlugins } from '../../cni/runtime/conflist';
import type { AttachmentRequest, NetworkRuntime } from '../../cni/runtime/network-runtime';
import { ResultCache } from '../../cni/runtime/result-cache';
import { runProcess } from '../../linux/command';
import { getKnownNetwork } from './known-network';
import { defaultContainerId, type NetworkOptions } from './options';

export function openRuntime({ pluginDir, cacheDir }: NetworkOptions): NetworkRuntime {
  return {
    path: pluginDir,
    cache: new ResultCache(cacheDir),
    runProcess,
    env: process.env,
    forwardStderr: (text) => process.stderr.write(text),
  };
}

interface AttachmentArguments {
  netns: string;
  containerId?: string | undefined;
  ifname: string;
  args?: [key: string, value: string][] | undefined;
  capabilityArgs?: Record<string, unknown> | undefined;
}

export function requestOf(options: AttachmentArguments): AttachmentRequest {
  const { netns, containerId, ifname, args, capabilityArgs } = options;
  return {
    netns,
    containerId: containerId ?? defaultContainerId(netns),
    ifName: ifname,
    cniArgs: args,
    capabilityArgs,
  };
}

/**
 * The network as configured now or, its file being gone, as it was when the container was attached: what was made must
 * stay removable.
 * @throws CniError 7 when neither knows it
 */
export function getNetworkToDetach(
  options: NetworkOptions & { network: string },
  { containerId, ifName }: AttachmentRequest,
): Conflist {
  try {
    return getKnownNetwork(options.configDir, options.network);
  } catch (error) {
    const cached = new ResultCache(options.cacheDir)
      .list()
      .find(
        (entry) =>
          entry.networkName === options.network &&
          entry.containerId === containerId &&
          entry.ifName === ifName,
      );
    if (!cached?.config) throw error;
    const { loadsFolder: _loadsFolder, ...network } = parseNetwork(cached.config);
    verifyPlugins(network);
    return network;
  }
}
