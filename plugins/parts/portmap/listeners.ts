import { CniError } from '../../../cni/errors';
import type { PortForward } from '../../../linux/firewall/model';
import { openListeners } from '../../../linux/listeners/find';
import type { Listener, PortSpan } from '../../../linux/listeners/model';
import { portTaken } from './publication';

/** Podman's monitor keeps the ports of its container bound while the container lives, also while its network is remade. */
const reservation = /^pid \d+ \(conmon\)$/;

function spanOf({ hostPort, count = 1 }: PortForward): PortSpan {
  return { first: hostPort, last: hostPort + count - 1 };
}

/** The least span that holds every port of the forwards. */
function hull(forwards: readonly PortForward[]): PortSpan {
  const spans = forwards.map(spanOf);
  return {
    first: spans.reduce((least, { first }) => Math.min(least, first), 65_535),
    last: spans.reduce((greatest, { last }) => Math.max(greatest, last), 0),
  };
}

function findTaker(listeners: Iterable<Listener>): Listener | undefined {
  for (const listener of listeners) if (!reservation.test(listener.owner)) return listener;
  return undefined;
}

/**
 * A published port takes the traffic from whoever listens on it on the host.
 * @throws CniError 100 naming the process that listens
 */
export function requireNoListener(forwards: readonly PortForward[]): void {
  const list = openListeners(hull(forwards));
  for (const forward of forwards) {
    const { family, protocol, hostAddress = family === 'ipv4' ? '0.0.0.0' : '::' } = forward;
    const taker = findTaker(list(protocol, hostAddress, spanOf(forward)));
    if (taker)
      throw new CniError(
        portTaken,
        `publish ${protocol} port ${taker.port}: port is taken by "${taker.owner}"`,
      );
  }
}
