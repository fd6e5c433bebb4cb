/** Links as `ip -json -details link show` prints them. */
import type { Link } from '../rtnl/model';

export interface LinkJson {
  ifindex: number;
  ifname: string;
  flags: string[];
  mtu: number;
  operstate: string;
  group: string;
  address?: string;
  master?: string;
  /** Name of the lower device or peer; `if7` when it has none in this namespace. */
  link?: string | null;
  /** Its index, when it is in another namespace. */
  link_index?: number;
  ifalias?: string;
  altnames?: string[];
  linkinfo?: {
    info_kind?: string;
    info_data?: { vlan_filtering?: number };
    info_slave_kind?: string;
    info_slave_data?: { state: NonNullable<Link['port']>['state']; hairpin: boolean; isolated?: boolean };
  };
}

function lowerIndex({ link, link_index }: LinkJson, indexes: ReadonlyMap<string, number>): number {
  if (link_index !== undefined) return link_index;
  if (typeof link !== 'string') return 0;
  return indexes.get(link) ?? Number(/^if(\d+)$/.exec(link)?.[1] ?? 0);
}

function kindDetails({ linkinfo }: LinkJson): Pick<Link, 'bridge' | 'port'> {
  const { info_kind, info_data, info_slave_kind, info_slave_data: port } = linkinfo ?? {};
  return {
    ...(info_kind === 'bridge' && { bridge: { vlanFiltering: info_data?.vlan_filtering === 1 } }),
    ...(info_slave_kind === 'bridge' &&
      port && { port: { hairpin: port.hairpin, isolated: port.isolated ?? false, state: port.state } }),
  };
}

function parseLink(json: LinkJson, indexes: ReadonlyMap<string, number>): Link {
  const flags = new Set(json.flags);
  return {
    index: json.ifindex,
    name: json.ifname,
    kind: json.linkinfo?.info_kind ?? (flags.has('LOOPBACK') ? 'loopback' : 'device'),
    mac: /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(json.address ?? '') ? json.address! : '',
    mtu: json.mtu,
    up: flags.has('UP'),
    operState: json.operstate,
    promisc: flags.has('PROMISC'),
    master: indexes.get(json.master ?? '') ?? 0,
    link: lowerIndex(json, indexes),
    alias: json.ifalias ?? '',
    altNames: json.altnames ?? [],
    group: Number(json.group),
    ...kindDetails(json),
  };
}

/** `json` must be a whole listing: links name each other in it. */
export function parseLinks(json: readonly LinkJson[]): Link[] {
  const indexes = new Map(json.map(({ ifname, ifindex }) => [ifname, ifindex]));
  return json.map((link) => parseLink(link, indexes));
}
