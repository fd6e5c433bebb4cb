import { formatHosts, withoutLoopbackServers } from './files';

test('hosts names the container by each of its addresses', () => {
  const lines = formatHosts('web', ['172.17.0.2/16', 'fd00::2/64']).trimEnd().split('\n');
  expect(lines[0]).toBe('127.0.0.1\tlocalhost');
  expect(lines.slice(-2)).toEqual(['172.17.0.2\tweb', 'fd00::2\tweb']);
});

test.each([
  ['nameserver 10.0.0.1\nsearch x\n', 'nameserver 10.0.0.1\nsearch x\n'],
  ['nameserver 127.0.0.53\nnameserver 10.0.0.1\n', 'nameserver 10.0.0.1\n'],
  [
    'nameserver 127.0.0.53\nnameserver ::1\noptions edns0\n',
    'options edns0\nnameserver 8.8.8.8\nnameserver 8.8.4.4\n',
  ],
  ['', 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n'],
])('resolv.conf %j', (host, expected) => {
  expect(withoutLoopbackServers(host)).toBe(expected);
});
