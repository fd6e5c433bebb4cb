import { join } from 'node:path';
import { enterPrivateHost } from '../private-host';
import { createNetns, Netns } from './netns';
import { isOwnNetns } from './own-netns';

test('the own namespace is recognised behind every path, and no other', () => {
  enterPrivateHost();
  using other = createNetns('/run/netns/other');
  expect(isOwnNetns('/proc/thread-self/ns/net')).toBe(true);
  expect(isOwnNetns(other.path)).toBe(false);
  expect(isOwnNetns(join('/proc/self/fd', String(other.fd)))).toBe(false);
  using own = Netns.current();
  expect(isOwnNetns(join('/proc/self/fd', String(own.fd)))).toBe(true);
});

test('the thread is what counts, not the process', () => {
  using home = Netns.current();
  enterPrivateHost();
  expect(isOwnNetns('/proc/thread-self/ns/net')).toBe(true);
  expect(isOwnNetns(join('/proc/self/fd', String(home.fd)))).toBe(false);
});

test.each(['/run/netns/gone', '/proc/self/status', '/', '', '/etc/passwd/x', `/${'x'.repeat(5000)}`])(
  'path %# is not the own namespace',
  (path) => {
    expect(isOwnNetns(path)).toBe(false);
  },
);
