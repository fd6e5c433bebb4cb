/**
 * Who listens on a port of this host: what a published port would take traffic from. Read from proc(5) in the network
 * namespace of the calling thread.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { endianness } from 'node:os';
import { familyOf } from './address/cidr';
import { addressText } from './address/ip-address';
import { hasCode } from './errors';

export type ListenerProtocol = 'tcp' | 'udp' | 'sctp';

export interface Listener {
  /** Canonical text; `0.0.0.0` and `::` listen on all addresses. */
  addresses: string[];
  port: number;
  /** Of the socket, as in `/proc/<pid>/fd`. */
  inode: string;
  /** For messages: `pid 812 (nginx)`, or the socket when no visible process has it. */
  owner: string;
}

type Socket = Omit<Listener, 'owner'>;

/** include/net/tcp_states.h; a bound UDP socket without peer shows as closed, a connected one serves nobody else. */
const states: Record<ListenerProtocol, string> = { tcp: '0A', udp: '07', sctp: '10' };

/** Words of 32 bits in the byte order of the host, printed as numbers. */
function addressOfHex(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  return addressText(endianness() === 'LE' ? bytes.swap32() : bytes);
}

/** Lines of `/proc/net/{tcp,udp}{,6}`: `sl local_address rem_address st … inode`. */
export function parseInetSockets(text: string, state: string): Socket[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === state)
    .map((fields) => {
      const [address, port] = fields[1]!.split(':');
      return { addresses: [addressOfHex(address!)], port: Number.parseInt(port!, 16), inode: fields[9]! };
    });
}

/** Lines of `/proc/net/sctp/eps`: `ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS…`. */
export function parseSctpEndpoints(text: string): Socket[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === states.sctp)
    .map((fields) => ({ addresses: fields.slice(8), port: Number(fields[5]), inode: fields[7]! }));
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

function listSockets(protocol: ListenerProtocol): Socket[] {
  if (protocol === 'sctp') return parseSctpEndpoints(readTable('sctp/eps'));
  return [protocol, `${protocol}6`].flatMap((name) => parseInetSockets(readTable(name), states[protocol]));
}

/**
 * As bind(2) sees it. A socket on `::` may or may not take IPv4 as well, which proc does not tell: it counts.
 */
export function addressesCollide(wanted: string | undefined, bound: string): boolean {
  if (wanted === undefined || bound === '::' || wanted === bound) return true;
  const isAny = wanted === '::' || wanted === '0.0.0.0' || bound === '0.0.0.0';
  return isAny && familyOf(wanted) === familyOf(bound);
}

/** Names that this process may see below a folder of /proc; none when it has gone or is another's. */
function visible(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM', 'ESRCH')) return [];
    throw error;
  }
}

function holds(pid: string, link: string): boolean {
  return visible(`/proc/${pid}/fd`).some((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`) === link;
    } catch {
      return false; // closed meanwhile
    }
  });
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'exited';
  }
}

function ownerOf(inode: string): string {
  const pids = visible('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => holds(candidate, `socket:[${inode}]`));
  return pid === undefined ? `socket ${inode}` : `pid ${pid} (${commandOf(pid)})`;
}

/**
 * The first listener that a socket bound to `address` and `port` would collide with.
 * @param address one address, `0.0.0.0` or `::` for all of a family; all of both families when undefined
 */
export type FindListener = (
  protocol: ListenerProtocol,
  address: string | undefined,
  port: number,
) => Listener | undefined;

/** Answers from the sockets that each protocol has at the first question: ten thousand ports cost one look. */
export function openListeners(): FindListener {
  const tables = new Map<ListenerProtocol, Socket[]>();
  return (protocol, address, port) => {
    const table = tables.get(protocol) ?? listSockets(protocol);
    tables.set(protocol, table);
    const found = table.find(
      (socket) => socket.port === port && socket.addresses.some((bound) => addressesCollide(address, bound)),
    );
    return found && { ...found, owner: ownerOf(found.inode) };
  };
}

/** One question, answered from the sockets of this moment. */
export const findListener: FindListener = (...question) => openListeners()(...question);
