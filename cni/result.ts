/**
 * The Success result in its newest shape (1.1.0), which is what all code inside tsnet uses. `versions.ts` converts at the
 * borders. Index signatures carry fields that this version does not know, so that nothing is lost on the way through.
 */

export interface Interface {
  name: string;
  mac?: string;
  /** Bytes. */
  mtu?: number;
  /** CNI_NETNS for interfaces inside the container; absent or empty for the host's. */
  sandbox?: string;
  socketPath?: string;
  pciID?: string;
  [unknownField: string]: unknown;
}

export interface IpConfig {
  /** Index into `interfaces`. */
  interface?: number;
  /** CIDR with host bits: `10.1.2.3/24`. */
  address: string;
  gateway?: string;
  [unknownField: string]: unknown;
}

export interface ResultRoute {
  dst: string;
  gw?: string;
  mtu?: number;
  advmss?: number;
  priority?: number;
  table?: number;
  /** 0 global, 253 link, 254 host. */
  scope?: number;
  [unknownField: string]: unknown;
}

export interface Dns {
  nameservers?: string[] | undefined;
  domain?: string | undefined;
  search?: string[] | undefined;
  options?: string[] | undefined;
  [unknownField: string]: unknown;
}

export interface Result {
  interfaces?: Interface[];
  ips?: IpConfig[];
  routes?: ResultRoute[];
  dns?: Dns;
  [unknownField: string]: unknown;
}
