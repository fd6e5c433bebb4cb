/** Every CNI type that the agent serves: the same values that the executables are made of. */
import type { Platform } from '../../cni/platform';
import type { Plugin } from '../../cni/plugin';
import hostLocal from '../../ipam/host-local';
import staticAddresses from '../../ipam/static';
import { isOwnNetns } from '../../linux/netns/own-netns';
import bridge from '../../plugins/bridge';
import container from '../../plugins/container';
import host from '../../plugins/host';
import loopback from '../../plugins/loopback';
import nothing from '../../plugins/null';
import portmap from '../../plugins/portmap';

const ipam = [hostLocal, staticAddresses] as Plugin[];
const all = [bridge, container, host, loopback, nothing, portmap, ...ipam] as Plugin[];
const byType: ReadonlyMap<string, Plugin> = new Map(all.map((plugin) => [plugin.type, plugin]));

/** Delegates that are a function call. */
export const builtinIpam: Platform['builtinIpam'] = Object.fromEntries(
  ipam.map((plugin) => [plugin.type, async () => plugin]),
);

export { isOwnNetns };

export const listTypes = (): string[] => [...byType.keys()];

export const hasPlugin = (type: string): boolean => byType.has(type);

/** @throws Error when there is none of this type */
export function getPlugin(type: string): Plugin {
  const plugin = byType.get(type);
  if (plugin === undefined) throw new Error(`get plugin: no type ${JSON.stringify(type)}`);
  return plugin;
}
