/** Who listens on ports of this host, in the network namespace of the calling thread. */
import { hasCode } from '../errors';
import { ffiAvailable } from '../libc';
import { SocketHolders } from './holder';
import { collides, type Listener, type ListenerProtocol, type ListeningSocket, type PortSpan } from './model';
import { listFromProc } from './proc-net';
import { listByDiag } from './sock-diag';

const allPorts: PortSpan = { first: 0, last: 65_535 };

/** SCTP by sock_diag needs a kernel module of its own, which a question would load; its file is there as soon as SCTP is. */
function listSockets(protocol: ListenerProtocol, span: PortSpan): ListeningSocket[] {
  if (protocol === 'sctp' || !ffiAvailable()) return listFromProc(protocol);
  try {
    return listByDiag(protocol, span);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return listFromProc(protocol);
    throw error;
  }
}

/** Where in `sockets`, sorted by port, those of `port` and above begin. */
function positionOf(sockets: readonly ListeningSocket[], port: number): number {
  let [low, high] = [0, sockets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sockets[middle]!.port < port) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The listeners that sockets bound to `address` and ports of `span` would collide with, by port.
 * @param address one address, `0.0.0.0` or `::` for all of a family; all of both families when undefined
 */
export type ListListeners = (
  protocol: ListenerProtocol,
  address: string | undefined,
  span: PortSpan,
) => Generator<Listener>;

/**
 * Answers from the sockets that each protocol has at the first question: ten thousand ports cost one look.
 * @param within the ports that will be asked about
 */
export function openListeners(within = allPorts): ListListeners {
  const tables = new Map<ListenerProtocol, ListeningSocket[]>();
  const holders = new SocketHolders();
  return function* listListeners(protocol, address, { first, last }) {
    const table =
      tables.get(protocol) ?? listSockets(protocol, within).sort((one, other) => one.port - other.port);
    tables.set(protocol, table);
    for (let at = positionOf(table, first); at < table.length && table[at]!.port <= last; at += 1)
      if (collides(address, table[at]!)) yield { ...table[at]!, owner: holders.describe(table[at]!.inode) };
  };
}

/** The first listener on one port at this moment. */
export function findListener(
  protocol: ListenerProtocol,
  address: string | undefined,
  port: number,
): Listener | undefined {
  const span = { first: port, last: port };
  return openListeners(span)(protocol, address, span).next().value ?? undefined;
}
