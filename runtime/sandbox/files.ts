/**
 * /etc/hosts, /etc/hostname and /etc/resolv.conf of a sandbox. They are bind-mounted into every container of it, so
 * that they are written in place: a file put over them by rename would stay unseen inside.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const sandboxFiles = ['hosts', 'hostname', 'resolv.conf'] as const;

const localHosts = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::\tip6-localnet',
  'ff00::\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
];

/** What Docker gives a container whose host has no name server that it could reach. */
const publicServers = ['nameserver 8.8.8.8', 'nameserver 8.8.4.4'];

/** @param addresses with or without prefix length */
export function formatHosts(hostname: string, addresses: readonly string[]): string {
  const own = addresses.map((address) => `${address.split('/')[0]}\t${hostname}`);
  return `${[...localHosts, ...own].join('\n')}\n`;
}

/** The host's resolv.conf without the name servers that only the host itself can reach. */
export function withoutLoopbackServers(resolvConf: string): string {
  const isServer = (line: string) => /^\s*nameserver\s/.test(line);
  const kept = resolvConf.split('\n').filter((line) => !/^\s*nameserver\s+(127\.|::1\b)/.test(line));
  while (kept.at(-1) === '') kept.pop();
  return `${[...kept, ...(kept.some(isServer) ? [] : publicServers)].join('\n')}\n`;
}

function hostFile(...candidates: string[]): string {
  const found = candidates.find((path) => existsSync(path));
  return found === undefined ? '' : readFileSync(found, 'utf8');
}

export interface SandboxFileInput {
  hostname: string;
  addresses: readonly string[];
  /** Shares the host's network: its files are right as they are. */
  hostNetwork: boolean;
}

export function writeSandboxFiles(folder: string, input: SandboxFileInput): void {
  const { hostname, addresses, hostNetwork } = input;
  const hosts = hostNetwork ? hostFile('/etc/hosts') : formatHosts(hostname, addresses);
  // systemd-resolved: /etc/resolv.conf names only its own address on loopback
  const resolvConf = hostNetwork
    ? hostFile('/etc/resolv.conf')
    : withoutLoopbackServers(hostFile('/run/systemd/resolve/resolv.conf', '/etc/resolv.conf'));
  const contents = { hosts, hostname: `${hostname}\n`, 'resolv.conf': resolvConf };
  for (const name of sandboxFiles) writeFileSync(join(folder, name), contents[name], { mode: 0o644 });
}
