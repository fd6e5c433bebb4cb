/**
 * `route_localnet`: lets the host's own connections to 127.0.0.1 be sent on to a container (ip-sysctl, IPv4 only; for ::1
 * the kernel has no such switch). It is set on the host's interface towards the container, where it stays: others behind
 * that interface may need it.
 */
import { CniError, ErrorCode } from '../../../cni/errors';
import { hostOf } from '../../../linux/address/cidr';
import { findOutgoingLink } from '../../../linux/rtnl/outgoing-link';
import { ensureSysctl, readSysctl, type SysctlName } from '../../../linux/sysctl/sysctl';
import type { Targets } from './targets';

function findSetting({ ipv4 }: Targets): SysctlName | undefined {
  const name = ipv4 === undefined ? undefined : findOutgoingLink(hostOf(ipv4));
  return name === undefined ? undefined : ['net', 'ipv4', 'conf', name, 'route_localnet'];
}

/** Switches it on towards the container. */
export function ensure(targets: Targets): void {
  const setting = findSetting(targets);
  if (setting) ensureSysctl(setting, 1);
}

/** @throws CniError 999 when it is off */
export function verify(targets: Targets): void {
  const setting = findSetting(targets);
  if (setting && readSysctl(setting) !== '1')
    throw new CniError(
      ErrorCode.internal,
      `check published ports: sysctl "${setting.join('/')}": expected 1`,
    );
}
