/**
 * Changes to links as command lines of iproute2 (ip-link(8), bridge(8)). Pure: what the fallback runs and what
 * `--dry-run` prints. Every value follows its keyword, so that none can be taken for an option or a keyword.
 */
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { requireAltName, requireLinkName } from '../address/link-name';
import { parseMac } from '../address/mac-address';
import { SyscallError } from '../errors';
import type { Netns } from '../netns/netns';
import type { LinkChange, NewLinkSpec, NewVeth } from '../rtnl/model';

export type CommandLine = [string, ...string[]];

/** How command lines name what the interface knows by index or by open file. */
export interface Naming {
  /** The name of the link with that index. */
  linkName(index: number): string;
  /** A path of the namespace; the one it was opened by unless told. */
  netnsPath?(netns: Netns): string;
}

type Basics = Pick<LinkChange, 'mtu' | 'mac' | 'master' | 'group' | 'up' | 'promisc'>;

/** Bytes: IFALIASZ of linux/if.h without its NUL. */
const maxAlias = 255;

const onOff = (value: boolean) => (value ? 'on' : 'off');

/** `keyword value`, or nothing when there is no value. */
export function option(keyword: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [keyword, String(value)];
}

function macOption(mac: string | undefined): string[] {
  if (mac !== undefined) parseMac(mac);
  return option('address', mac);
}

function masterOption(master: number | undefined, naming: Naming): string[] {
  if (master === undefined) return [];
  return master === 0 ? ['nomaster'] : ['master', naming.linkName(master)];
}

function basics({ mtu, mac, master, group, up, promisc }: Basics, naming: Naming): string[] {
  return [
    ...option('mtu', mtu),
    ...macOption(mac),
    ...masterOption(master, naming),
    ...option('group', group),
    ...(up === undefined ? [] : [up ? 'up' : 'down']),
    ...option('promisc', promisc === undefined ? undefined : onOff(promisc)),
  ];
}

/** ip(8) refuses a longer alias by itself, and ends a batch without saying at which line. */
function aliasOption(alias: string | undefined): string[] {
  if (alias !== undefined && Buffer.byteLength(alias) > maxAlias)
    throw new SyscallError(`set alias "${alias}"`, constants.errno.ERANGE);
  return option('alias', alias);
}

function vlanFilteringOption(vlanFiltering: boolean | undefined): string[] {
  return option('vlan_filtering', vlanFiltering === undefined ? undefined : Number(vlanFiltering));
}

function pathOf(netns: Netns, naming: Naming): string {
  return naming.netnsPath?.(netns) ?? resolve(netns.path);
}

function kindOptions(spec: NewLinkSpec, naming: Naming): string[] {
  if (spec.kind === 'dummy') return ['type', 'dummy'];
  if (spec.kind === 'bridge') return ['type', 'bridge', ...vlanFilteringOption(spec.vlanFiltering)];
  const { name, netns, mtu, mac } = spec.peer;
  const place = netns ? ['netns', pathOf(netns, naming)] : [];
  return ['type', 'veth', 'peer', 'name', name, ...option('mtu', mtu), ...macOption(mac), ...place];
}

function raisePeer({ peer }: NewVeth, naming: Naming): CommandLine {
  const raise: CommandLine = ['ip', 'link', 'set', 'dev', peer.name, 'up'];
  return peer.netns ? ['nsenter', `--net=${pathOf(peer.netns, naming)}`, ...raise] : raise;
}

function withoutUndefined(change: { [Key in keyof LinkChange]: LinkChange[Key] | undefined }): LinkChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

/** The creating command first; the others complete what the kernel does not take at creation. */
export function createLinkCommands(spec: NewLinkSpec, naming: Naming): [CommandLine, ...CommandLine[]] {
  const { name, alias, hairpin, isolated, altNames = [] } = spec;
  requireLinkName('create link', name);
  if (spec.kind === 'veth') requireLinkName('create link', spec.peer.name);
  return [
    ['ip', 'link', 'add', 'name', name, ...basics(spec, naming), ...kindOptions(spec, naming)],
    ...altNames.map((altName) => altNameCommand('add', name, altName)),
    ...setLinkCommands(name, withoutUndefined({ alias, hairpin, isolated }), naming),
    ...(spec.kind === 'veth' && spec.peer.up ? [raisePeer(spec, naming)] : []),
  ];
}

/** At most one `ip link set` and then one `bridge link set`. */
export function setLinkCommands(name: string, change: LinkChange, naming: Naming): CommandLine[] {
  if (change.name !== undefined) requireLinkName('rename link to', change.name);
  const { alias, vlanFiltering, hairpin, isolated } = change;
  const bridge = vlanFiltering === undefined ? [] : ['type', 'bridge', ...vlanFilteringOption(vlanFiltering)];
  const link = [...option('name', change.name), ...aliasOption(alias), ...basics(change, naming), ...bridge];
  const port = [
    ...option('hairpin', hairpin === undefined ? undefined : onOff(hairpin)),
    ...option('isolated', isolated === undefined ? undefined : onOff(isolated)),
  ];
  const portName = change.name ?? name;
  return [
    ...(link.length === 0 ? [] : [['ip', 'link', 'set', 'dev', name, ...link] satisfies CommandLine]),
    ...(port.length === 0 ? [] : [['bridge', 'link', 'set', 'dev', portName, ...port] satisfies CommandLine]),
  ];
}

export function deleteLinkCommand(name: string): CommandLine {
  return ['ip', 'link', 'delete', 'dev', name];
}

export function altNameCommand(verb: 'add' | 'delete', name: string, altName: string): CommandLine {
  requireAltName(`${verb} alternative name`, altName);
  return ['ip', 'link', 'property', verb === 'add' ? 'add' : 'del', 'dev', name, 'altname', altName];
}
