/** What is written down about a container (`containers/<id>/state.json`), and what it is made from. */
import type { PortMapping } from '../options/port-mapping';

/** How a container is connected, as `--network` says. */
export type NetworkMode =
  | { kind: 'null' }
  | { kind: 'host' }
  /** Shares the sandbox of the container with that id. */
  | { kind: 'container'; id: string }
  /** A network that CNI plugins make. */
  | { kind: 'conflist'; name: string };

export interface ContainerRecord {
  /** 64 hexadecimal digits. */
  id: string;
  name: string;
  /** ISO 8601. */
  created: string;
  /** Of the last start. */
  started?: string;
  image: string;
  command: string[];
  /** Layer folders, topmost first. */
  layers: string[];
  network: NetworkMode;
  ports: PortMapping[];
  /** Addresses with prefix length, as the network gave them. */
  addresses: string[];
  hostname: string;
  detached: boolean;
  autoRemove: boolean;
}

/** How a container's first process ended. */
export interface ContainerEnd {
  /** Exit status, or 128 + signal. */
  exitCode: number;
  /** ISO 8601. */
  finished: string;
}

/** `created` never ran; `dead` lost its monitor, so that nobody knows how it ended. */
export type ContainerState =
  | { status: 'created' }
  | { status: 'running'; pid: number }
  | ({ status: 'exited' } & ContainerEnd)
  | { status: 'dead' };
