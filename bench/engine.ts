/** Plugins of one maker on one private host, and the calls that are made to them. */

import { type PrivateHost, plainEnvironment } from './host/private-host';
import type { Command } from './host/protocol';
import type { Subject } from './model';

export type Json = Record<string, unknown>;
export type Verb = 'ADD' | 'DEL' | 'VERSION';

/** The newest version that both sides speak. */
export const cniVersion = '1.0.0';

export interface Engine {
  subject: Subject;
  host: PrivateHost;
  /** Folder of the executables. */
  folder: string;
  /** Pid of the agent on its host. */
  agent?: number;
}

/** Where the namespace of a container lies. */
export function netnsPath(container: string): string {
  return `/run/netns/${container}`;
}

/** One call of one executable, as a runtime makes it. */
export function cniCall(
  engine: Pick<Engine, 'folder'>,
  verb: Verb,
  call: { conf: Json; container: string },
): Command {
  return {
    argv: [`${engine.folder}/${call.conf.type}`],
    env: {
      ...plainEnvironment,
      CNI_COMMAND: verb,
      CNI_CONTAINERID: call.container,
      CNI_NETNS: netnsPath(call.container),
      CNI_IFNAME: 'eth0',
      CNI_PATH: engine.folder,
    },
    input: JSON.stringify({ cniVersion, ...call.conf }),
  };
}

/** Makes namespaces, nothing in them up. */
export async function createNamespaces(host: PrivateHost, names: string[]): Promise<void> {
  const input = names.map((name) => `netns add ${name}\n`).join('');
  await host.run([[{ argv: ['/usr/sbin/ip', '-batch', '-'], env: plainEnvironment, input }]]);
}

/** Makes namespaces of containers, `lo` up as runtimes leave it. */
export async function createContainers(host: PrivateHost, containers: string[]): Promise<void> {
  await createNamespaces(host, containers);
  await host.sh(containers.map((name) => `ip -n ${name} link set lo up\n`).join(''));
}
