/**
 * `bridge add --dry-run`: the commands of iproute2, procps and iptables that do what the plugin would do here and now. They
 * come from the same plans; what exists already is left out, so that they work when pasted.
 */
import * as v from 'valibot';
import { bridgeConf } from '../../conf/bridge';
import { contains, familyOf, firstHostOf, hostCidr, hostOf, networkOf } from '../../linux/address/cidr';
import { type CommandLine, createLinkCommands, type Naming } from '../../linux/ip-command/render';
import { addAddressCommand, addRouteCommand } from '../../linux/ip-command/render-addressing';
import { Netns } from '../../linux/netns/netns';
import type { Rtnl } from '../../linux/rtnl/model';
import { openRtnl } from '../../linux/rtnl/open';
import * as addressing from '../../plugins/parts/addressing';
import * as bridgeGateway from '../../plugins/parts/bridge/gateway';
import { addressingOptions } from '../../plugins/parts/bridge/spec';
import { hostVethName, portAlias } from '../../plugins/parts/ownership';
import { nextAddress } from './next-address';
import { type BridgeOptions, bridgePluginConf } from './options';
import type { BridgeTarget } from './target';

interface DryRunOptions extends BridgeOptions {
  ifname: string;
  ip?: string[] | undefined;
}

/** Shell command lines, in order. Nothing is changed. */
export async function planCommands(
  options: DryRunOptions,
  target: BridgeTarget | undefined,
): Promise<string[]> {
  using host = openRtnl();
  const lines = bridgeCommands(host, options);
  if (target) lines.push(...(await attachmentCommands(host, options, target)));
  return lines.map(shellText);
}

function bridgeCommands(host: Rtnl, { name, subnet }: DryRunOptions): CommandLine[] {
  const bridge = host.findLink(name);
  const present = bridge ? host.listAddresses(bridge.index).map(({ address }) => address) : [];
  const missing = bridgeGateway.plan(subnet.map((cidr) => ({ address: cidr, gateway: firstHostOf(cidr) })));
  return [
    ...(bridge ? [] : createLinkCommands({ kind: 'bridge', name }, noNames)),
    ...missing
      .filter((address) => !present.includes(address))
      .map((address) => addAddressCommand({ address, noDad: true }, name)),
    ...(bridge?.up ? [] : [['ip', 'link', 'set', 'dev', name, 'up'] satisfies CommandLine]),
    ...[...new Set(subnet.map(familyOf))].map(forwardingCommand),
  ];
}

function forwardingCommand(family: 'ipv4' | 'ipv6'): CommandLine {
  return ['sysctl', '-w', `${bridgeGateway.forwardingSysctl(family).join('.')}=1`];
}

async function attachmentCommands(
  host: Rtnl,
  options: DryRunOptions,
  target: BridgeTarget,
): Promise<CommandLine[]> {
  const { name, subnet, ifname, masquerade } = options;
  const attachment = { network: name, containerId: target.containerId, ifName: ifname };
  const ips = subnet.map((cidr, set) => ({
    address: chooseAddress(options, set),
    gateway: firstHostOf(cidr),
  }));
  const conf = v.parse(bridgeConf, { name, ...bridgePluginConf(options) });
  const plan = addressing.plan({ ips }, addressingOptions(conf));
  using netns = Netns.open(target.netns);
  const inside = (line: CommandLine): CommandLine => ['nsenter', `--net=${target.netns}`, ...line];
  const veth = hostVethName(attachment);
  return [
    ...createLinkCommands(
      { kind: 'veth', name: veth, up: true, alias: portAlias(attachment), peer: { name: ifname, netns } },
      noNames,
    ),
    ['ip', 'link', 'set', 'dev', veth, 'master', name],
    ['bridge', 'link', 'set', 'dev', veth, 'hairpin', 'on'],
    ...plan.ips.map(({ address }) => inside(addAddressCommand({ address, noDad: true }, ifname))),
    inside(['ip', 'link', 'set', 'dev', ifname, 'up']),
    ...plan.routes.map((route) => inside(addRouteCommand(route, ifname))),
    ...(masquerade && !hasPorts(host, name) ? subnet.map((cidr) => masqueradeCommand(cidr, name)) : []),
  ];
}

/** The first attachment of a network makes the masquerade rule. */
function hasPorts(host: Rtnl, name: string): boolean {
  const bridge = host.findLink(name);
  return bridge !== undefined && host.listLinks().some(({ master }) => master === bridge.index);
}

/** @param set which of the subnets */
function chooseAddress({ name, subnet, ip = [] }: DryRunOptions, set: number): string {
  const network = subnet[set]!;
  const wanted = ip.map(hostOf).find((address) => contains(network, hostCidr(address)));
  return wanted ? `${wanted}/${network.split('/')[1]}` : nextAddress(name, { subnet: network, set });
}

function masqueradeCommand(subnet: string, bridge: string): CommandLine {
  const program = familyOf(subnet) === 'ipv4' ? 'iptables' : 'ip6tables';
  return [
    program,
    '-t',
    'nat',
    '-A',
    'POSTROUTING',
    '-s',
    networkOf(subnet),
    '!',
    '-o',
    bridge,
    '-j',
    'MASQUERADE',
  ];
}

/** Nothing here names a link by its index. */
const noNames: Naming = {
  linkName: (index) => {
    throw new Error(`name link ${index}: unknown`);
  },
};

/** Quoted for a POSIX shell where that is needed. */
function shellText(line: CommandLine): string {
  return line
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
