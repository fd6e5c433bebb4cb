/** The result of an attachment to a bridge: made by ADD, read back by CHECK and DEL. Pure. */
import { CniError, ErrorCode } from '../../../cni/errors';
import type { Args } from '../../../cni/plugin';
import type { Dns, Interface, Result } from '../../../cni/result';
import type { Link } from '../../../linux/rtnl/model';
import type { AddressPlan } from '../addressing';

export interface AttachedLinks {
  bridge: Link;
  port: Link;
  /** The container's end. */
  inside: Link;
  /** The VLAN's gateway interface. */
  gateway: Link | undefined;
}

/** Place of the container's interface in `interfaces`, to which `ips[].interface` points. */
const insideIndex = 2;

function interfaceOf({ name, mac, mtu }: Link, sandbox?: string): Interface {
  return { name, mac, mtu, ...(sandbox === undefined ? {} : { sandbox }) };
}

/** @param dns of the configuration; when it says anything it replaces the IPAM plugin's */
export function make(
  links: AttachedLinks,
  plan: AddressPlan,
  { sandbox, dns, lease }: ResultContext,
): Result {
  const interfaces = [
    interfaceOf(links.bridge),
    interfaceOf(links.port),
    interfaceOf(links.inside, sandbox),
    ...(links.gateway ? [interfaceOf(links.gateway)] : []),
  ];
  const chosenDns = dns && saysAnything(dns) ? dns : lease.dns;
  return {
    ...lease,
    interfaces,
    ips: plan.ips.map((ip) => ({ ...ip, interface: insideIndex })),
    routes: plan.resultRoutes,
    ...(chosenDns ? { dns: chosenDns } : {}),
  };
}

/** An empty list does, an empty domain does not: how the reference plugin reads it. */
function saysAnything({ nameservers, domain, search, options }: Dns): boolean {
  return Boolean(nameservers || domain || search || options);
}

export interface ResultContext {
  sandbox: string;
  dns: Dns | undefined;
  lease: Result;
}

/** What a previous result says of this attachment. */
export interface Listed {
  inside: Interface;
  /** Address of the bridge, when listed. */
  bridgeMac: string | undefined;
  /** The container's addresses and routes. */
  lease: Result;
}

/** @throws CniError 7 when the result does not list the container's interface, or for another namespace */
export function read(prevResult: Result, args: Args, bridge: string): Listed {
  const interfaces = prevResult.interfaces ?? [];
  const at = interfaces.findIndex(({ name, sandbox }) => name === args.ifName && sandbox);
  const inside = interfaces[at];
  if (!inside)
    throw new CniError(
      ErrorCode.invalidConfig,
      `invalid prevResult: it lists no interface "${args.ifName}" of the container`,
    );
  if (inside.sandbox !== args.netns) {
    throw new CniError(
      ErrorCode.invalidConfig,
      `Sandbox in prevResult ${inside.sandbox} doesn't match configured netns: ${args.netns}`,
    );
  }
  return {
    inside,
    bridgeMac: interfaces.find(({ name, sandbox }) => name === bridge && !sandbox)?.mac,
    lease: {
      ips: (prevResult.ips ?? []).filter((ip) => ip.interface === undefined || ip.interface === at),
      routes: prevResult.routes ?? [],
    },
  };
}
