/**
 * The network that the firewall contract is tested on, inside a private host:
 *
 *   c1, c2   containers on bridge br0, 10.1.0.0/24 and fd01::/64; c1 answers on its ports
 *   ext      a machine outside, 192.0.2.2 and 2001:db8::2, which has no route to the containers; it answers too
 *
 * Servers answer every connection and datagram with `<client address> <own port>`.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const topology = `
netns add c1
netns add c2
netns add ext
link set lo up
link add br0 type bridge
link set br0 up
addr add 10.1.0.1/24 dev br0
addr add fd01::1/64 dev br0 nodad
link add vc1 master br0 type veth peer name eth0 netns c1
link add vc2 master br0 type veth peer name eth0 netns c2
link add vext type veth peer name eth0 netns ext
addr add 192.0.2.1/24 dev vext
addr add 2001:db8::1/64 dev vext nodad
link set vc1 up
link set vc2 up
link set vext up
`;

const inside = (host: number, subnets: [string, string]) => `
link set lo up
link set eth0 up
addr add ${subnets[0]}${host}/24 dev eth0
addr add ${subnets[1]}${host}/64 dev eth0 nodad
`;

const defaultRoutes = `
route add default via 10.1.0.1
route add default via fd01::1
`;

const server = `
const text = (address, port) => address.replace('::ffff:', '') + ' ' + port + '\\n';
const ports = [80, 8000, 8001, 8002, 9000, 9001, 9002];
let open = ports.length * 2;
const opened = () => { if (--open === 0) console.log('ready'); };
for (const port of ports) {
  require('node:net').createServer((socket) => {
    socket.on('error', () => {});
    socket.end(text(socket.remoteAddress, port));
  }).listen(port, '::', opened);
  const udp = require('node:dgram').createSocket('udp6');
  udp.on('message', (_, from) => udp.send(text(from.address, port), from.port, from.address));
  udp.bind(port, '::', opened);
}`;

function batch(text: string, ...options: string[]): void {
  execFileSync('ip', [...options, '-batch', '-'], { input: text });
}

function sysctl(key: string, value: string): void {
  writeFileSync(`/proc/sys/net/${key}`, value);
}

function inNetns(netns: string, argv: string[]): string[] {
  return ['nsenter', `--net=/run/netns/${netns}`, ...argv];
}

async function startServer(netns: string): Promise<ChildProcess> {
  const [file, ...args] = inNetns(netns, [process.execPath, '-e', server]);
  const { NODE_EXTRA_CA_CERTS: _slow, ...env } = process.env;
  const child = spawn(file!, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`server in ${netns} exited ${code}`)));
  });
  return child;
}

export class ContractNetwork {
  readonly #servers: ChildProcess[];

  private constructor(servers: ChildProcess[]) {
    this.#servers = servers;
  }

  /** Builds the network in the namespace of the calling thread, which must be a fresh private host. */
  static async create(): Promise<ContractNetwork> {
    mkdirSync('/run/netns', { recursive: true });
    batch(topology);
    batch(inside(2, ['10.1.0.', 'fd01::']) + defaultRoutes, '-n', 'c1');
    batch(inside(3, ['10.1.0.', 'fd01::']) + defaultRoutes, '-n', 'c2');
    batch(inside(2, ['192.0.2.', '2001:db8::']), '-n', 'ext');
    sysctl('ipv4/ip_forward', '1');
    sysctl('ipv6/conf/all/forwarding', '1');
    sysctl('ipv4/conf/br0/route_localnet', '1');
    return new ContractNetwork(await Promise.all([startServer('c1'), startServer('ext')]));
  }

  /** Runs an `ip` command in a namespace of the network. */
  ip(netns: string, ...args: string[]): string {
    return execFileSync('ip', ['-n', netns, ...args], { encoding: 'utf8' });
  }

  /**
   * Connects from `host`, or a namespace of the network, and gives the server's answer; empty when there is none.
   * @param target in socat's syntax, such as `TCP:192.0.2.1:8080` or `UDP6:[2001:db8::1]:8080`
   */
  dial(from: 'host' | 'c1' | 'c2' | 'ext', target: string): string {
    const wait = target.startsWith('TCP') ? ',connect-timeout=0.5' : '';
    const socat = ['socat', '-T0.5', '-', `${target}${wait}`];
    const [file, ...args] = from === 'host' ? socat : inNetns(from, socat);
    return spawnSync(file!, args, { input: 'hello\n', encoding: 'utf8' }).stdout.trim();
  }

  destroy(): void {
    for (const child of this.#servers) {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    }
  }
}
