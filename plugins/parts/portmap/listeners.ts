import { CniError } from '../../../cni/errors';
import type { PortForward } from '../../../linux/firewall/model';
import { type FindListener, type Listener, openListeners } from '../../../linux/listeners';
import { portTaken } from './publication';

/** Podman's monitor keeps the ports of its container bound while the container lives, also while its network is remade. */
const reservation = /^pid \d+ \(conmon\)$/;

function findTaker(find: FindListener, forward: PortForward, port: number): Listener | undefined {
  const address = forward.hostAddress ?? (forward.family === 'ipv4' ? '0.0.0.0' : '::');
  const listener = find(forward.protocol, address, port);
  return listener && reservation.test(listener.owner) ? undefined : listener;
}

/**
 * A published port takes the traffic from whoever listens on it on the host.
 * @throws CniError 100 naming the process that listens
 */
export function requireNoListener(forwards: readonly PortForward[]): void {
  const find = openListeners();
  for (const forward of forwards)
    for (let port = forward.hostPort; port < forward.hostPort + (forward.count ?? 1); port++) {
      const taker = findTaker(find, forward, port);
      if (taker)
        throw new CniError(
          portTaken,
          `publish ${forward.protocol} port ${port}: port is taken by "${taker.owner}"`,
        );
    }
}
