/** The networks that containers of this command line are connected to. */
import type { ContainerNetworks } from '../runtime/sandbox/network';
import { defaultPluginFolders } from './network/options';

const ownNetworks = '/etc/tsnet/networks';

/** Configurations of the administrator (NETCONFPATH) come before those of tsnet; plugins as for `tsnet attach`. */
export async function openContainerNetworks(): Promise<ContainerNetworks> {
  const { createCniNetworks } = await import('../runtime/sandbox/cni-networks');
  return createCniNetworks({
    config: [process.env.NETCONFPATH || '/etc/cni/net.d', ownNetworks],
    plugins: defaultPluginFolders(process.env.CNI_PATH),
    cache: '/var/lib/cni',
  });
}
