/**
 * The whole network state of a private host as plain data: two snapshots are deep-equal when an operation left no trace.
 */
import type { PrivateHost } from './private-host';

export interface SnapshotOptions {
  /** Named namespaces (`/run/netns/<name>`) to look into as well. */
  netns?: string[];
  /** Interfaces that are shared by design (the bridge): left out with their addresses and routes. */
  except?: string[];
}

export interface Snapshot {
  namespaces: Record<string, NamespaceState>;
  /** Path → SHA-256, size for empty ones; directories end in a slash. */
  files: string[];
}

interface NamespaceState {
  links: unknown[];
  routes: unknown[];
  rules: unknown[];
  firewall: string[];
}

/**
 * What changes by itself or on purpose: locks, what is known of nftables, where the allocator goes on next, namespaces
 * pinned by other tests, and the folders of stores, which stay when they are empty.
 */
const volatileFiles =
  /(^|\/)(lock|[^/]*\.lock|last_reserved_ip\.\d+|nftables\.json)$|^\/run\/netns\/|^\/(var\/lib\/cni|run\/tsnet)\/.*\/$|^\/run\/(tsnet|mount)\/$/;

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Rules without counters, comments and dates. */
function withoutCounters(text: string): string {
  return text
    .replace(/^#.*\n/gm, '')
    .replace(/\[\d+:\d+\]/g, '')
    .replace(/counter packets \d+ bytes \d+/g, 'counter');
}

/** The first use of an iptables table makes its built-in chains, which then stay: without rules they mean nothing. */
function withoutUnusedTables(text: string): string {
  return text
    .replace(/^\*\w+\n(:\w+ ACCEPT *\n)*COMMIT\n/gm, '')
    .replace(/^\tchain [A-Z]+ \{\n\t\ttype [^\n]*policy accept;\n\t\}\n+/gm, '')
    .replace(/^table ip6? (nat|filter|mangle|raw|security) \{\n\}\n/gm, '');
}

function cleanFirewall(texts: string[]): string[] {
  return texts.flatMap((text, at) => [
    `# ${firewallCommands[at]}`,
    ...lines(withoutUnusedTables(withoutCounters(text))),
  ]);
}

/** What is read here of the objects that `ip -json` prints. */
interface Device {
  ifname?: string;
  dev?: string;
  dst?: string;
  protocol?: string;
  qdisc?: string;
  addr_info?: { scope?: string }[];
}

function without(list: Device[], except: string[]): Device[] {
  return list.filter((entry) => !except.includes(entry.ifname ?? entry.dev ?? ''));
}

/**
 * Link-local addresses come and go with the carrier, nobody configures them; `noop` is the queue of a device that has
 * never been up, and does not come back.
 */
function configured(device: Device): Device {
  const addresses = device.addr_info?.filter((address) => address.scope !== 'link') ?? [];
  const qdisc = device.qdisc === 'noop' ? 'noqueue' : device.qdisc;
  return { ...device, ...(qdisc && { qdisc }), addr_info: addresses };
}

function json(text: string): Device[] {
  return text.trim() === '' ? [] : JSON.parse(text);
}

/** Everything in one process, in this order: a snapshot is taken hundreds of times. */
const firewallCommands = ['iptables-save', 'ip6tables-save', 'nft list ruleset'];
const commands = [
  'ip -j addr show',
  'ip -j -4 route show table all',
  'ip -j -6 route show table all',
  'ip -j -4 rule show',
  'ip -j -6 rule show',
  ...firewallCommands.map((command) => `${command} 2>/dev/null || true`),
];
const separator = '----8<----';
const script = commands.join(`; echo "${separator}"; `);

function readNamespace(output: string, except: string[]): NamespaceState {
  const texts = output.split(`${separator}\n`);
  const [links = [], ipv4 = [], ipv6 = [], ...rules] = texts.slice(0, -firewallCommands.length).map(json);
  const kept = without([...ipv4, ...ipv6], except).filter((route) => !isAutomatic(route));
  return {
    links: without(links, except).map(configured),
    routes: kept.map((route) => JSON.stringify(route)).sort(),
    rules: rules.flat(),
    firewall: cleanFirewall(texts.slice(-firewallCommands.length)),
  };
}

/** IPv6 multicast and link-local routes, which the kernel keeps per device and in no fixed order. */
function isAutomatic({ dst = '', protocol }: Device): boolean {
  return protocol === 'kernel' && (dst.startsWith('fe80') || dst.startsWith('ff00') || dst === 'multicast');
}

function readFiles(host: PrivateHost): string[] {
  const script = `for root in /var/lib/cni /run; do
  find "$root" -mindepth 1 -type d -printf '%p/\\n'
  find "$root" -type f ! -path '/run/netns/*' -exec sha256sum {} +
done`;
  return lines(host.sh(script))
    .filter((line) => !volatileFiles.test(line))
    .sort();
}

/** Takes a snapshot of links, addresses, routes, policy rules, firewall rules and files. */
export function takeSnapshot(host: PrivateHost, options: SnapshotOptions = {}): Snapshot {
  const except = options.except ?? [];
  const namespaces = { host: readNamespace(host.sh(script), except) };
  const named = (options.netns ?? []).map(
    (name) => [name, readNamespace(host.sh(inside(name)), [])] as const,
  );
  return { namespaces: { ...namespaces, ...Object.fromEntries(named) }, files: readFiles(host) };
}

function inside(netns: string): string {
  return `ip netns exec ${netns} sh -c '${script}'`;
}
