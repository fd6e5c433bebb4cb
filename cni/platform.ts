/** What the protocol needs of the process around it. The generated entries and the agent provide it. */
import type { Plugin } from './plugin';
import type { RunProcess } from './process';

export interface Platform {
  runProcess: RunProcess;
  /** Whether the path shows this process's own network namespace; false when there is no such namespace. */
  isOwnNetns(path: string): boolean;
  /** IPAM plugins that may run in this process, by type, loaded when first used. */
  builtinIpam: Readonly<Record<string, () => Promise<Plugin>>>;
}
