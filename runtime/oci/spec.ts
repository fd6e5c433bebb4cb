/**
 * The part of the OCI runtime specification that a tsnet container uses (config.md, config-linux.md, version 1.1).
 * It is what lies in each container's `config.json` and the single source that the launch is planned from.
 */

export interface OciMount {
  destination: string;
  /** `bind`, or a file system type; `cgroup` means all hierarchies of the host. */
  type: string;
  source: string;
  options: string[];
}

export interface OciCapabilities {
  bounding: string[];
  effective: string[];
  permitted: string[];
  inheritable: string[];
  ambient: string[];
}

export interface OciProcess {
  terminal: boolean;
  user: { uid: number; gid: number; additionalGids: number[] };
  args: string[];
  /** `NAME=value`. */
  env: string[];
  cwd: string;
  capabilities: OciCapabilities;
  noNewPrivileges: boolean;
}

export type NamespaceType = 'pid' | 'mount' | 'uts' | 'ipc' | 'network' | 'cgroup';

export interface OciNamespace {
  type: NamespaceType;
  /** Join this one; without it a new one is made. */
  path?: string;
}

export interface OciDeviceRule {
  allow: boolean;
  /** `a` all, `c` character, `b` block. */
  type?: 'a' | 'b' | 'c';
  /** Absent: every number. */
  major?: number;
  minor?: number;
  /** Some of `rwm`: read, write, mknod. */
  access: string;
}

export interface OciResources {
  devices: OciDeviceRule[];
  /** Bytes. `swap` is memory and swap together. */
  memory?: { limit?: number; swap?: number };
  /** Microseconds of processor time in each period of microseconds. */
  cpu?: { quota?: number; period?: number };
  pids?: { limit: number };
}

export interface OciSpec {
  ociVersion: string;
  process: OciProcess;
  root: { path: string; readonly: boolean };
  hostname: string;
  mounts: OciMount[];
  linux: {
    namespaces: OciNamespace[];
    /** Path below each hierarchy's mount point. */
    cgroupsPath: string;
    resources: OciResources;
    maskedPaths: string[];
    readonlyPaths: string[];
  };
}
