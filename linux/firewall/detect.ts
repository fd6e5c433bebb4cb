/** Which firewall a host uses. */
import { IptablesFirewall } from './iptables';
import type { Backend, Firewall } from './model';
import { NoFirewall } from './none';

/** Opens the backend asked for, or the one that the host already uses. */
export async function openFirewall(forced?: Backend): Promise<Firewall> {
  if (forced === 'none') return new NoFirewall();
  return new IptablesFirewall({ bridge: new NoFirewall() });
}
