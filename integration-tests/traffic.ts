/** Servers that tell a client its own address, and clients that ask them: real packets for the suites. */
import type { ChildProcess } from 'node:child_process';
import type { PrivateHost } from './private-host';

export type Transport = 'tcp' | 'udp';

/** Who listens where. `netns` is a named namespace; the host itself when absent. */
export interface Listener {
  netns?: string;
  transport: Transport;
  port: number;
  /** Address to bind; any of its family when absent. */
  address?: string;
  /** First word of every answer. */
  name?: string;
}

function inside(netns: string | undefined, argv: string[]): string[] {
  return netns === undefined ? argv : ['ip', 'netns', 'exec', netns, ...argv];
}

function listenAddress({ transport, port, address }: Listener, family: 4 | 6): string {
  const bind = address === undefined ? '' : `,bind=${address.includes(':') ? `[${address}]` : address}`;
  const v6only = family === 6 ? ',ipv6only=1' : '';
  return transport === 'tcp'
    ? `TCP${family}-LISTEN:${port},fork,reuseaddr${bind}${v6only}`
    : `UDP${family}-RECVFROM:${port},fork,reuseaddr${bind}${v6only}`;
}

function familiesOf({ address }: Listener): (4 | 6)[] {
  if (address === undefined) return [4, 6];
  return [address.includes(':') ? 6 : 4];
}

const running: ChildProcess[] = [];

/** Ends every server of this test file. Call it in `afterAll`: a private host does not end what was started on it. */
export function stopServers(): void {
  for (const server of running.splice(0)) server.kill('SIGKILL');
}

/** Listens on IPv4 and IPv6 and answers each connection or datagram with `<name> <address of the client>`. */
export function serve(host: PrivateHost, listener: Listener): ChildProcess[] {
  const { netns, transport, port, name = 'server' } = listener;
  const reply = `SYSTEM:head -c 1 >/dev/null; echo ${name} $SOCAT_PEERADDR`;
  const families = familiesOf(listener);
  const servers = families.map((family) =>
    host.start(inside(netns, ['socat', listenAddress(listener, family), reply])),
  );
  running.push(...servers);
  awaitListening(host, { netns, transport, port, count: families.length });
  return servers;
}

interface Expected {
  netns: string | undefined;
  transport: Transport;
  port: number;
  count: number;
}

function awaitListening(host: PrivateHost, { netns, transport, port, count }: Expected): void {
  const list = `ss -H -l -n ${transport === 'tcp' ? '-t' : '-u'} sport = :${port}`;
  const script = `for try in $(seq 100); do
  [ "$(${list} | wc -l)" -ge ${count} ] && exit 0; sleep 0.05
done; exit 1`;
  const done = host.exec(inside(netns, ['sh', '-c', script]));
  if (done.code !== 0)
    throw new Error(`nothing listens on ${transport} port ${port} of ${netns ?? 'the host'}`);
}

/** Where a client asks, and from where (the host when `netns` is absent). */
export interface Question {
  netns?: string;
  transport?: Transport;
  address: string;
  port: number;
  /** Source port, for a flow that is to be the same again. */
  sourcePort?: number;
}

/** The answer of a {@link serve}d port, trimmed; empty when nobody does in time. */
export function ask(host: PrivateHost, question: Question): string {
  const { netns, transport = 'tcp', address, port, sourcePort } = question;
  const target = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const source = sourcePort === undefined ? '' : `,sourceport=${sourcePort},reuseaddr`;
  const socket = transport === 'tcp' ? `TCP:${target},connect-timeout=3` : `UDP:${target}`;
  const argv = ['socat', '-t0.4', '-', `${socket}${source}`];
  return host.exec(inside(netns, argv), { input: 'x', timeout: 10_000 }).stdout.trim();
}
