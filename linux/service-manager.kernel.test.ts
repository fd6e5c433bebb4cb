import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { enterPrivateHost } from './private-host';
import { findPassedSocket, notifyServiceManager } from './service-manager';

beforeAll(() => enterPrivateHost());

test.each(['/run/notify', '@tsnet-test-notify'])('what is told reaches the socket %s', async (path) => {
  const listener = spawn('socat', [
    '-u',
    path.replace(/^(@?)/, (at) => (at ? 'ABSTRACT-RECV:' : 'UNIX-RECV:')),
    'STDOUT',
  ]);
  for (let tries = 0; tries < 200 && !isBound(path); tries++) await setTimeout(10);
  notifyServiceManager({ NOTIFY_SOCKET: path }, 'READY=1');
  const [text] = await once(listener.stdout, 'data');
  listener.kill();
  await once(listener, 'exit');
  expect(String(text)).toBe('READY=1');
});

test('without a service manager nothing is told, and a wrong one is an error', () => {
  notifyServiceManager({}, 'READY=1');
  expect(() => notifyServiceManager({ NOTIFY_SOCKET: '/run/none' }, 'READY=1')).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  );
  for (const path of ['vsock:2:1', `/${'x'.repeat(200)}`])
    expect(() => notifyServiceManager({ NOTIFY_SOCKET: path }, 'READY=1')).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    );
});

test.each([
  [{}, undefined],
  [{ LISTEN_FDS: '1', LISTEN_PID: '41' }, undefined],
  [{ LISTEN_FDS: '1' }, undefined],
  [{ LISTEN_FDS: '1', LISTEN_PID: '42' }, 3],
])('sockets passed by %j', (env, fd) => {
  expect(findPassedSocket(env, 42)).toBe(fd);
});

test('several passed sockets are one too many', () => {
  expect(() => findPassedSocket({ LISTEN_FDS: '2', LISTEN_PID: '42' }, 42)).toThrow('2 were passed');
});

function isBound(path: string): boolean {
  return path.startsWith('@') ? readFileSync('/proc/net/unix', 'utf8').includes(path) : existsSync(path);
}
