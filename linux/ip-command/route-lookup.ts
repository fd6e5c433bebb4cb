/** Where packets go, by `ip route get`. */
import { CommandNamespace } from './namespace';
import type { CommandLine } from './render';

/**
 * Name of the link by which packets to `address` leave this host.
 * @throws SyscallError ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL when there is no way, or one that is closed
 */
export function getOutgoingLinkByCommand(address: string): string | undefined {
  using namespace = new CommandNamespace();
  const command: CommandLine = ['ip', '-json', 'route', 'get', address];
  const [route] = namespace.list<{ dev?: string }>(`get route to "${address}"`, command);
  return route?.dev;
}
