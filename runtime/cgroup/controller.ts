import type { OciResources } from '../oci/spec';

/** One value for one file of a cgroup folder. */
export interface Setting {
  file: string;
  value: string;
  /** The kernel may lack the file (built without swap accounting, for example): then nothing is lost. */
  optional?: boolean;
}

/** Turns its part of the resources into settings, in the order in which the kernel must get them. */
export interface Controller {
  name: string;
  plan: (resources: OciResources, version: 1 | 2) => Setting[];
}
