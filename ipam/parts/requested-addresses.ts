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
    ...(single ? [getArgument(single)] : []),
    ...lists.flatMap((list) => list ?? []).map((text) => getAddress(text)),
  ];
}

function getArgument(text: string): Ip {
  const ip = findAddress(text);
  if (ip) return ip;
  const pair = JSON.stringify(`IP=${text}`);
  throw new CniError(
    ErrorCode.invalidEnvironment,
    `ARGS: error parsing value of pair ${pair}: invalid IP address ${text}`,
    'CNI_ARGS',
  );
}

function getAddress(text: string): Ip {
  const ip = findAddress(text);
  if (ip) return ip;
  throw new CniError(ErrorCode.invalidConfig, `invalid IP address ${text}`);
}

const findAddress = (text: string): Ip | undefined => parseIp(text) ?? parseCidr(text)?.ip;
