/**
 * The network that the firewall contract is tested on, inside a private host:
 *
 *   c1, c2   containers on bridge br0, 10.1.0.0/24 and fd01::/64; c1 answers on its ports
 *   ext      a machine outside, 192.0.2.2 and 2001:db8::2, which has no route to the containers; it answers too
 *
 * Servers answer every connection and datagram with `<client address> <own port>`.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sctpInit } from './contract-sctp';

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

export function sysctl(key: string, value: string): void {
  writeFileSync(`/proc/sys/net/${key}`, value);
}

function inNetns(netns: string, argv: string[]): string[] {
  if (netns === 'host') return argv;
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

export type Origin = 'host' | 'c1' | 'c2' | 'ext';

/** A server closes its TCP connection when it has answered; of UDP nobody knows the end, so it is asked for shortly. */
function ask(from: Origin, target: string, seconds: number): string {
  const wait = target.startsWith('TCP') ? `,connect-timeout=${seconds}` : '';
  const [file, ...args] = inNetns(from, ['socat', `-t${seconds}`, '-', `${target}${wait}`]);
  return spawnSync(file!, args, { input: 'hello\n', encoding: 'utf8' }).stdout.trim();
}

function dial(from: Origin, target: string): string {
  if (target.startsWith('TCP')) return ask(from, target, 5);
  for (let attempt = 0; attempt < 20; attempt++) {
    const answer = ask(from, target, 0.2);
    if (answer !== '') return answer;
  }
  return '';
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
    const network = new ContractNetwork(await Promise.all([startServer('c1'), startServer('ext')]));
    network.#awaitReachable();
    return network;
  }

  /** IPv6 routes and neighbours are usable only some time after their interfaces are up. */
  #awaitReachable(): void {
    for (const target of ['TCP:10.1.0.2:80', 'TCP6:[fd01::2]:80'])
      for (const from of ['host', 'c2'] as const) this.dial(from, target);
    for (const target of ['TCP:192.0.2.2:80', 'TCP6:[2001:db8::2]:80']) this.dial('host', target);
  }

  /** Runs an `ip` command on `host` or in a namespace of the network. */
  ip(netns: string, ...args: string[]): string {
    const [file, ...options] = inNetns(netns, ['ip', ...args]);
    return execFileSync(file!, options, { encoding: 'utf8' });
  }

  /**
   * Connects from `host`, or a namespace of the network, and gives the server's answer; empty when there is none in five
   * seconds. What must not be answered is asked for by {@link dialInVain}.
   * @param target in socat's syntax, such as `TCP:192.0.2.1:8080` or `UDP6:[2001:db8::1]:8080`
   */
  dial(from: Origin, target: string): string {
    return dial(from, target);
  }

  /** As {@link dial}, but does not wait for long. */
  dialInVain(from: Origin, target: string): string {
    return ask(from, target, 0.3);
  }

  /**
   * Sends an SCTP packet from `ext` until one arrives in `c1`, and gives its destination port. The packets are made by hand,
   * since not every kernel that translates SCTP can speak it.
   */
  async sendSctp(address: string, port: number): Promise<number> {
    const [file, ...args] = inNetns('c1', ['socat', '-u', '-T10', 'IP4-RECVFROM:132', '-']);
    const receiver = spawn(file!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const received = once(receiver.stdout, 'data');
    const [client, ...options] = inNetns('ext', ['socat', '-u', '-', `IP4-SENDTO:${address}:132`]);
    for (let attempt = 0; attempt < 50; attempt++) {
      spawnSync(client!, options, { input: sctpInit(port) });
      const outcome = await Promise.race([received, sleep(100)]);
      if (outcome) {
        receiver.kill('SIGKILL');
        return (outcome[0] as Buffer).readUInt16BE(2);
      }
    }
    receiver.kill('SIGKILL');
    throw new Error('no SCTP packet arrived');
  }

  destroy(): void {
    for (const child of this.#servers) {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    }
  }
}
