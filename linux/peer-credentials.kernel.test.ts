import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { descriptorOf, getPeerCredentials } from './peer-credentials';
import { enterPrivateHost } from './private-host';

beforeAll(() => enterPrivateHost());

test('a connection tells who connected, and a closed one is none', async () => {
  const server = createServer();
  server.listen('/run/test.sock');
  const client = connect('/run/test.sock');
  const [socket] = (await once(server, 'connection')) as [Socket];
  expect(getPeerCredentials(descriptorOf(socket))).toEqual({
    pid: process.pid,
    uid: process.geteuid!(),
    gid: process.getegid!(),
  });
  socket.destroy();
  client.destroy();
  expect(() => descriptorOf(socket)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  server.close();
  await once(server, 'close');
});

test('what is no connected socket has no peer', () => {
  expect(() => getPeerCredentials(-1)).toThrow(expect.objectContaining({ code: 'EBADF' }));
});
