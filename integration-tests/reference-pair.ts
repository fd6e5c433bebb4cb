/**
 * The same calls to the reference's plugins, as Debian packages them, and to ours: each side on a private host of its
 * own, with namespace `c1`. What differs by chance (addresses of interfaces, names of veths) is taken out of what is
 * compared.
 */
import { type Call, callPluginAsync, createSandbox, type Document, type Reply } from './cni-call';
import { binFolder, PrivateHost } from './private-host';

export const referenceFolder = '/usr/lib/cni';

export interface Pair<T> {
  ours: T;
  theirs: T;
}

/** Addresses, routes and settings of one side; every difference counts. */
const stateScript = `
settings() { for key in "$@"; do echo "$key=$(cat "/proc/sys/net/$key" 2>/dev/null)"; done; }
show() {
  ip $1 -j addr show | jq -c 'map(select(.ifname | test("^(veth|lo)") | not)) | map({ifname, mtu, operstate,
    flags: (.flags - ["LOWER_UP"]), at: [.addr_info[] | select(.scope != "link") | "\\(.local)/\\(.prefixlen)"]})'
  { ip $1 -j route show; ip $1 -j -6 route show; } | jq -sc 'add | map(select((.dst | test("^(fe80|multicast)") | not)))
    | map(select(.dev | test("^veth") | not) | {dst, gateway, dev}) | sort'
}
show
show "-n c1"
ip -n c1 link show lo | grep -o "<[A-Z,_]*>"
ip -j -d link show type veth | jq -c 'map({mtu, up: (.flags | index("UP") != null), master,
  hairpin: .linkinfo.info_slave_data.hairpin, isolated: .linkinfo.info_slave_data.isolated})'
settings ipv4/ip_forward ipv6/conf/all/forwarding ipv6/conf/br0/accept_ra
for veth in $(ls /sys/class/net | grep ^veth); do settings "ipv6/conf/$veth/accept_ra" | sed "s/$veth/veth/"; done
for key in ipv4/conf/eth0/arp_notify ipv6/conf/eth0/disable_ipv6; do
  echo "$key=$(ip netns exec c1 cat "/proc/sys/net/$key" 2>/dev/null)"
done
cd /var/lib/cni
find . -name '.tsnet' -prune -o -type f ! -name lock -print | sort | while read -r file; do
  echo "$file $(od -An -c "$file" | tr -d '\\n')"
done`;

export class ReferencePair {
  readonly #hosts: Pair<PrivateHost>;

  private constructor(hosts: Pair<PrivateHost>) {
    this.#hosts = hosts;
  }

  static async create(): Promise<ReferencePair> {
    const [ours, theirs] = await Promise.all([PrivateHost.create(), PrivateHost.create()]);
    for (const host of [ours, theirs]) createSandbox(host, 'c1');
    return new ReferencePair({ ours, theirs });
  }

  destroy(): void {
    this.#hosts.ours.destroy();
    this.#hosts.theirs.destroy();
  }

  async call(call: Call, type?: unknown): Promise<Pair<Reply>> {
    const [ours, theirs] = await Promise.all([
      callPluginAsync(this.#hosts.ours, { ...call, folder: binFolder }, type),
      callPluginAsync(this.#hosts.theirs, { ...call, folder: referenceFolder }, type),
    ]);
    return { ours, theirs };
  }

  /** What a call that succeeds leaves behind. */
  readState(): Pair<string[]> {
    const read = (host: PrivateHost) => host.sh(stateScript).trim().split('\n');
    return { ours: read(this.#hosts.ours), theirs: read(this.#hosts.theirs) };
  }
}

/** A reply without what differs by chance, and without the empty `dns` that later releases leave out of 1.0.0. */
export function comparable({ code: exit, json }: Reply): unknown {
  const { interfaces, dns, ...rest } = json ?? ({} as Document);
  const isSaid = rest.cniVersion !== '1.0.0' || Object.keys(dns ?? {}).length > 0;
  return {
    exit,
    ...rest,
    ...(interfaces && { interfaces: interfaces.map(withoutChance) }),
    ...(dns && isSaid && { dns }),
  };
}

function withoutChance({ name, mac, ...rest }: Document['interfaces'][number]) {
  const isFixed = mac === undefined || mac === '00:00:00:00:00:00' || mac.startsWith('02:11:');
  return { ...rest, name: name.replace(/^veth.*/, 'veth'), mac: isFixed ? mac : 'random' };
}
