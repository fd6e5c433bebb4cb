/** Networks of containers, made by CNI plugins. */

import { parseResult } from '../../cni/result-conversion';
import { type Conflist, parseNetwork } from '../../cni/runtime/conflist';
import { getNetwork, listNetworks } from '../../cni/runtime/conflist-folder';
import {
  type AttachmentRequest,
  addNetwork,
  delNetwork,
  type NetworkRuntime,
} from '../../cni/runtime/network-runtime';
import { type CachedAttachment, ResultCache } from '../../cni/runtime/result-cache';
import { defaultNetwork } from '../../conf/default-network';
import { runProcess } from '../../linux/command';
import type { ContainerNetworks, NetworkAttachment } from './network';

/** `--network bridge` as in Docker: a network of that name, else {@link defaultNetwork}. */
const bridgeAlias = 'bridge';
const ifName = 'eth0';

export interface CniFolders {
  /** Searched in this order for configurations. */
  config: readonly string[];
  plugins: readonly string[];
  cache: string;
}

function findIn(folder: string, name: string): Conflist | undefined {
  return listNetworks(folder).some((file) => 'network' in file && file.network.name === name)
    ? getNetwork(folder, name)
    : undefined;
}

/** @throws Error naming the folders that were searched */
function getConflist(folders: CniFolders, name: string): Conflist {
  const names = name === bridgeAlias ? [bridgeAlias, defaultNetwork.name] : [name];
  for (const candidate of names)
    for (const folder of folders.config) {
      const found = findIn(folder, candidate);
      if (found) return found;
    }
  if (names.includes(defaultNetwork.name)) return parseNetwork(JSON.stringify(defaultNetwork));
  throw new Error(`find network ${JSON.stringify(name)}: no configuration in ${folders.config.join(' or ')}`);
}

function requestOf({ containerId, netns, ports }: NetworkAttachment): AttachmentRequest {
  return {
    containerId,
    netns,
    ifName,
    ...(ports.length > 0 ? { capabilityArgs: { portMappings: ports } } : {}),
  };
}

function openRuntime({ plugins, cache }: CniFolders): NetworkRuntime {
  return {
    path: plugins,
    cache: new ResultCache(cache),
    runProcess,
    env: process.env,
    forwardStderr: (text) => process.stderr.write(text),
  };
}

/** As it was when the container was attached; caches of old runtimes do not say. */
function getConflistOf(folders: CniFolders, { config, networkName }: CachedAttachment): Conflist {
  return config === '' ? getConflist(folders, networkName) : parseNetwork(config);
}

/** The configuration that the container was attached with, when it is not configured any more. */
function getAttached(folders: CniFolders, { network, containerId }: NetworkAttachment): Conflist | undefined {
  try {
    return getConflist(folders, network);
  } catch (error) {
    const cached = new ResultCache(folders.cache).find({ networkName: network, containerId, ifName });
    if (cached && !cached.config) throw error;
    return cached?.config === undefined ? undefined : parseNetwork(cached.config);
  }
}

export function createCniNetworks(folders: CniFolders): ContainerNetworks {
  const runtime = openRuntime(folders);
  return {
    require: (network) => {
      getConflist(folders, network);
    },
    connect: async (attachment) => {
      const conflist = getConflist(folders, attachment.network);
      const result = await addNetwork(runtime, conflist, requestOf(attachment));
      return parseResult(result, conflist.cniVersion, 'result');
    },
    disconnect: async (attachment) => {
      const conflist = getAttached(folders, attachment);
      if (conflist) await delNetwork(runtime, conflist, requestOf(attachment));
    },
    disconnectAll: async (containerId) => {
      for (const cached of runtime.cache.list().filter((entry) => entry.containerId === containerId)) {
        const { netns, ifName } = cached;
        const conflist = getConflistOf(folders, cached);
        await delNetwork(runtime, conflist, { containerId, netns, ifName });
      }
    },
  };
}
