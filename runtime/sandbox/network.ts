/** What the runtime asks of networks that CNI plugins make; it does not know who carries it out. */
import type { Result } from '../../cni/result';
import type { PortMapping } from '../options/port-mapping';

export interface NetworkAttachment {
  /** Name of a conflist. */
  network: string;
  containerId: string;
  /** Path of the sandbox's namespace. */
  netns: string;
  ports: readonly PortMapping[];
}

export interface ContainerNetworks {
  /** @throws Error when there is no such network: asked before anything is made */
  require: (network: string) => void;
  connect: (attachment: NetworkAttachment) => Promise<Result>;
  /** Idempotent: absent attachment and absent namespace are fine. */
  disconnect: (attachment: NetworkAttachment) => Promise<void>;
  /** Undoes every attachment that is known of the container, also those that a person added by hand. */
  disconnectAll: (containerId: string) => Promise<void>;
}
