import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { findListener, openListeners } from './listeners';
import { enterPrivateHost } from './private-host';

enterPrivateHost();
beforeAll(() => execFileSync('ip', ['link', 'set', 'lo', 'up']));

const thisProcess = new RegExp(`^pid ${process.pid} \\(.+\\)$`);

it('finds a TCP listener and names its process', async () => {
  const server = createServer().listen(8080, '127.0.0.1');
  await once(server, 'listening');
  expect(findListener('tcp', undefined, 8080)?.owner).toMatch(thisProcess);
  expect(findListener('tcp', '0.0.0.0', 8080)?.addresses).toEqual(['127.0.0.1']);
  expect(findListener('tcp', '127.0.0.2', 8080)).toBeUndefined();
  expect(findListener('udp', undefined, 8080)).toBeUndefined();
  server.close();
  await once(server, 'close');
  expect(findListener('tcp', undefined, 8080)).toBeUndefined();
});

it('finds a bound UDP socket, on IPv6 too', async () => {
  const socket = createSocket('udp6').bind(53, '::1');
  await once(socket, 'listening');
  expect(findListener('udp', '::', 53)).toMatchObject({ addresses: ['::1'], port: 53 });
  expect(findListener('udp', '0.0.0.0', 53)).toBeUndefined();
  socket.close();
});

it('answers every question from one look', async () => {
  const find = openListeners();
  expect(find('tcp', undefined, 8080)).toBeUndefined();
  const server = createServer().listen(8080, '127.0.0.1');
  await once(server, 'listening');
  expect(find('tcp', undefined, 8080)).toBeUndefined();
  expect(openListeners()('tcp', undefined, 8080)?.port).toBe(8080);
  server.close();
  await once(server, 'close');
});
