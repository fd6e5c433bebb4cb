/**
 * Listening sockets as proc(5) tells them, in the network namespace of the calling thread: where FFI or sock_diag(7) is
 * missing, and for SCTP. Every connection of the host is read on the way, and nothing tells which sockets on `::` leave
 * IPv4 alone: all of them count for IPv4.
 */
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { hasCode } from '../errors';
import { boundAddressText, type ListenerProtocol, type ListeningSocket } from './model';

/** include/net/tcp_states.h; a bound UDP socket without peer shows as closed, a connected one serves nobody else. */
const states: Record<ListenerProtocol, string> = { tcp: '0A', udp: '07', sctp: '10' };

/** Words of 32 bits in the byte order of the host, printed as numbers. */
function addressOfHex(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  return boundAddressText(endianness() === 'LE' ? bytes.swap32() : bytes);
}

/** The fields of each line but the first whose field 3 is `state`. */
function linesInState(text: string, state: string): string[][] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === state);
}

/** Lines of `/proc/net/{tcp,udp}{,6}`: `sl local_address rem_address st … inode`. */
export function parseInetSockets(text: string, state: string): ListeningSocket[] {
  return linesInState(text, state).map((fields) => {
    const [address, port] = fields[1]!.split(':');
    return {
      addresses: [addressOfHex(address!)],
      port: Number.parseInt(port!, 16),
      inode: fields[9]!,
      v6Only: false,
    };
  });
}

/** Lines of `/proc/net/sctp/eps`: `ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS…`. */
export function parseSctpEndpoints(text: string): ListeningSocket[] {
  return linesInState(text, states.sctp).map((fields) => ({
    addresses: fields.slice(8),
    port: Number(fields[5]),
    inode: fields[7]!,
    v6Only: false,
  }));
}

function readTable(name: string): string {
  try {
    return readFileSync(`/proc/thread-self/net/${name}`, 'utf8');
  } catch (error) {
    // a kernel without IPv6 or SCTP has no such sockets
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}

export function listFromProc(protocol: ListenerProtocol): ListeningSocket[] {
  if (protocol === 'sctp') return parseSctpEndpoints(readTable('sctp/eps'));
  return [protocol, `${protocol}6`].flatMap((name) => parseInetSockets(readTable(name), states[protocol]));
}
