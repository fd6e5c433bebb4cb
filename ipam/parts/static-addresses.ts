/** Where the `static` plugin's addresses come from and which of the sources wins. Pure. */
import { CniError, ErrorCode } from '../../cni/errors';
import type { IpConfig } from '../../cni/result';
import { type Cidr, cidrText, covers, type Ip, ipText, parseCidr, parseIp } from './ip';

export interface StaticAddress {
  cidr: Cidr;
  gateway?: Ip | undefined;
}

export interface StaticSources {
  /** `ipam.addresses` */
  addresses: readonly { address: string; gateway?: string | undefined }[];
  /** `runtimeConfig.ips`, `args.cni.ips`: the first that is not empty takes the place of all others. */
  replacements?: readonly (readonly string[] | undefined)[];
  /** `IP=a/n,b/n;GATEWAY=g,h` is added to `addresses`. */
  cniArgs: ReadonlyMap<string, string>;
}

/** @throws CniError 7, or 4 for CNI_ARGS, naming the value and what was expected */
export function listStaticAddresses({
  addresses,
  replacements = [],
  cniArgs,
}: StaticSources): StaticAddress[] {
  const extra = addressesOfArgs(cniArgs);
  const replacement = replacements.find((list) => list !== undefined && list.length > 0);
  if (replacement)
    return replacement.map((text) => ({
      cidr: getCidr(text, "an entry in the 'ips' field is NOT in CIDR notation, got:"),
    }));
  const configured = addresses.map(({ address, gateway }) => ({
    cidr: getCidr(address, "the 'address' field is expected to be in CIDR notation, got:"),
    gateway: gateway ? parseIp(gateway) : undefined,
  }));
  return [...configured, ...extra];
}

/** Each gateway serves the addresses whose subnet contains it; where several fit, the last one does. */
function addressesOfArgs(cniArgs: ReadonlyMap<string, string>): StaticAddress[] {
  const gateways = listOf(cniArgs.get('GATEWAY')).map((text) => {
    const gateway = parseIp(text);
    if (!gateway)
      throw new CniError(ErrorCode.invalidEnvironment, `invalid gateway address: ${text}`, 'CNI_ARGS');
    return gateway;
  });
  const expectation = "the 'ip' field is expected to be in CIDR notation, got:";
  return listOf(cniArgs.get('IP')).map((text) => {
    const cidr = getCidr(text, expectation, ErrorCode.invalidEnvironment);
    return { cidr, gateway: gateways.findLast((gateway) => covers(cidr, gateway)) };
  });
}

function listOf(text: string | undefined): string[] {
  return text ? text.split(',').map((item) => item.trim()) : [];
}

function getCidr(text: string, expectation: string, code: number = ErrorCode.invalidConfig): Cidr {
  const cidr = parseCidr(text);
  if (!cidr) throw new CniError(code, `${expectation} '${text}'`);
  return cidr;
}

export function toIpConfig({ cidr, gateway }: StaticAddress): IpConfig {
  return { address: cidrText(cidr), ...(gateway && { gateway: ipText(gateway) }) };
}
