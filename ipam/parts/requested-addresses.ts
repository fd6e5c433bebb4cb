import { CniError, ErrorCode } from '../../cni/errors';
import { type Ip, parseCidr, parseIp } from './ip';

export interface AddressRequests {
  /** CNI_ARGS `IP=`: one address. */
  cniArgs: ReadonlyMap<string, string>;
  /** `args.cni.ips` and `runtimeConfig.ips`, checked by the schema; all of them accumulate. */
  lists: readonly (readonly string[] | undefined)[];
}

/** The addresses that the caller asks for; a prefix length is accepted and passed over. @throws CniError 4, 7 */
export function listRequestedAddresses({ cniArgs, lists }: AddressRequests): Ip[] {
  const single = cniArgs.get('IP');
  return [
    ...(single ? [getAddress(single, ErrorCode.invalidEnvironment, 'CNI_ARGS')] : []),
    ...lists.flatMap((list) => list ?? []).map((text) => getAddress(text, ErrorCode.invalidConfig)),
  ];
}

function getAddress(text: string, code: number, details?: string): Ip {
  const ip = parseIp(text) ?? parseCidr(text)?.ip;
  if (!ip)
    throw new CniError(code, `parse requested IP ${JSON.stringify(text)}: invalid IP address`, details);
  return ip;
}
