/** The network that a command names: a configured one, or the one that containers are connected to when there is none. */
import { type Conflist, parseNetwork, verifyPlugins } from '../../cni/runtime/conflist';
import { getNetworkFile, listNetworks, type NetworkFile } from '../../cni/runtime/conflist-folder';
import { defaultNetwork } from '../../conf/default-network';

const builtInFile = '(built in)';

function isConfigured(folder: string, name: string): boolean {
  return listNetworks(folder).some((found) => 'network' in found && found.network.name === name);
}

function builtIn(): Conflist {
  const { loadsFolder: _loadsFolder, ...network } = parseNetwork(JSON.stringify(defaultNetwork));
  verifyPlugins(network);
  return network;
}

/** The networks of the folder, those that are wrong too, and the built-in one unless the folder configures its name. */
export function listKnownNetworks(folder: string): NetworkFile[] {
  const files = listNetworks(folder);
  if (isConfigured(folder, defaultNetwork.name)) return files;
  return [...files, { file: builtInFile, network: builtIn() }];
}

/**
 * With the file that configures it, or `(built in)`.
 * @throws CniError 7 when it is neither configured nor built in
 */
export function getKnownNetworkFile(folder: string, name: string): { file: string; network: Conflist } {
  if (name === defaultNetwork.name && !isConfigured(folder, name))
    return { file: builtInFile, network: builtIn() };
  return getNetworkFile(folder, name);
}

/** @throws CniError 7 when it is neither configured nor built in */
export function getKnownNetwork(folder: string, name: string): Conflist {
  return getKnownNetworkFile(folder, name).network;
}
