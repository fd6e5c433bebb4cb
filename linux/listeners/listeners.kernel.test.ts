import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { enterPrivateHost } from '../private-host';
import { findListener, openListeners } from './find';
import { listByDiag } from './sock-diag';

enterPrivateHost();
beforeAll(() => execFileSync('ip', ['link', 'set', 'lo', 'up']));

const thisProcess = new RegExp(`^pid ${process.pid} \\(.+\\)$`);
const open: (Server | Socket)[] = [];

async function listenTcp(port: number, host: string, more: { ipv6Only?: boolean } = {}): Promise<void> {
  const server = createServer().listen({ port, host, ...more });
  open.push(server);
  await once(server, 'listening');
}

async function bindUdp(type: 'udp4' | 'udp6', port: number, address: string): Promise<Socket> {
  const socket = createSocket({ type, ipv6Only: false }).bind(port, address);
  open.push(socket);
  await once(socket, 'listening');
  return socket;
}

afterEach(async () => {
  for (const one of open.splice(0)) {
    one.close();
    await once(one, 'close');
  }
});

describe.each(['', '1'])('TSNET_NO_FFI=%j', (noFfi) => {
  beforeEach(() => {
    process.env.TSNET_NO_FFI = noFfi;
  });
  afterEach(() => {
    delete process.env.TSNET_NO_FFI;
  });

  it('finds a TCP listener and names its process', async () => {
    await listenTcp(8080, '127.0.0.1');
    expect(findListener('tcp', undefined, 8080)?.owner).toMatch(thisProcess);
    expect(findListener('tcp', '0.0.0.0', 8080)?.addresses).toEqual(['127.0.0.1']);
    expect(findListener('tcp', '127.0.0.2', 8080)).toBeUndefined();
    expect(findListener('tcp', undefined, 8081)).toBeUndefined();
    expect(findListener('udp', undefined, 8080)).toBeUndefined();
  });

  it('finds a bound UDP socket, on IPv6 too, but not a connected one', async () => {
    await bindUdp('udp6', 53, '::1');
    expect(findListener('udp', '::', 53)).toMatchObject({ addresses: ['::1'], port: 53 });
    expect(findListener('udp', '0.0.0.0', 53)).toBeUndefined();
    const connected = await bindUdp('udp4', 54, '127.0.0.1');
    connected.connect(9, '127.0.0.1');
    await once(connected, 'connect');
    expect(findListener('udp', undefined, 54)).toBeUndefined();
  });

  it('an IPv6 socket on an IPv4 address is a listener of IPv4', async () => {
    await bindUdp('udp6', 55, '::ffff:127.0.0.1');
    expect(findListener('udp', '127.0.0.1', 55)).toMatchObject({ addresses: ['127.0.0.1'] });
    expect(findListener('udp', '::', 55)).toBeUndefined();
  });

  it('a socket on :: takes IPv4 too', async () => {
    await listenTcp(8080, '::');
    expect(findListener('tcp', '127.0.0.1', 8080)).toMatchObject({ addresses: ['::'], v6Only: false });
  });

  it('connections are no listeners', async () => {
    await listenTcp(8080, '127.0.0.1');
    const list = openListeners();
    execFileSync('bash', ['-c', 'exec 3<>/dev/tcp/127.0.0.1/8080']);
    expect([...list('tcp', undefined, { first: 1, last: 65_535 })].map(({ port }) => port)).toEqual([8080]);
  });

  it('lists by port what collides with a span', async () => {
    for (const port of [8083, 8081, 8090]) await listenTcp(port, '127.0.0.1');
    const list = openListeners({ first: 8080, last: 8090 });
    const ports = (first: number, last: number) =>
      [...list('tcp', '0.0.0.0', { first, last })].map(({ port }) => port);
    expect(ports(8080, 8089)).toEqual([8081, 8083]);
    expect(ports(8083, 8090)).toEqual([8083, 8090]);
    expect(ports(8084, 8089)).toEqual([]);
  });

  it('answers every question from one look', async () => {
    const list = openListeners();
    const span = { first: 8080, last: 8080 };
    expect([...list('tcp', undefined, span)]).toEqual([]);
    await listenTcp(8080, '127.0.0.1');
    expect([...list('tcp', undefined, span)]).toEqual([]);
    expect([...openListeners()('tcp', undefined, span)]).toHaveLength(1);
  });
});

it('the kernel tells which sockets on :: leave IPv4 alone', async () => {
  await listenTcp(8080, '::', { ipv6Only: true });
  expect(findListener('tcp', '0.0.0.0', 8080)).toBeUndefined();
  expect(findListener('tcp', '::', 8080)).toMatchObject({ addresses: ['::'], v6Only: true });
});

it('the kernel hands out only the asked ports', async () => {
  for (const port of [1, 80, 65_535]) await listenTcp(port, '127.0.0.1');
  const ports = (first: number, last: number) => listByDiag('tcp', { first, last }).map(({ port }) => port);
  expect(ports(80, 80)).toEqual([80]);
  expect(ports(1, 79)).toEqual([1]);
  expect(ports(81, 65_535)).toEqual([65_535]);
  expect(ports(2, 79)).toEqual([]);
});
