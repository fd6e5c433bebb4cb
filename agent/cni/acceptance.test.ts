import { buildIdentity } from '../../cni/build-marker';
import { getSurroundings } from '../../linux/surroundings';
import { findRefusal, findStranger } from './acceptance';

interface Change {
  build?: string;
  type?: string;
  env?: Record<string, string>;
  stdin?: string;
}

const request = (change: Change) => ({
  build: buildIdentity,
  type: 'bridge',
  env: {},
  ...change,
  stdin: Buffer.from(change.stdin ?? '{}'),
});

test.each<Change>([
  { env: { CNI_NETNS: '/run/netns/c1', CNI_PATH: '/opt/cni/bin:/usr/lib/cni' } },
  { env: { CNI_NETNS: '/proc/42/ns/net' } },
  { env: { CNI_NETNS: '/proc/selfish' } },
  { env: { CNI_NETNS: '', CNI_PATH: '::' } },
  { env: { CNI_COMMAND: 'VERSION', CNI_NETNS: 'dummy', CNI_PATH: 'dummy' } },
  { stdin: '{"ipam":{"dataDir":"/var/lib/x", "resolvConf" : "/etc/resolv.conf"}}' },
  { stdin: '{' },
  { type: 'host-local' },
])('a call with %j is accepted', (change) => {
  expect(findRefusal(request(change))).toBeUndefined();
});

test.each<[Change, string]>([
  [{ build: 'other' }, 'build "other"'],
  [{ build: '' }, 'build ""'],
  [{ type: 'vlan' }, 'unknown type "vlan"'],
  ...[
    '/proc/self/ns/net',
    '/proc/thread-self/ns/net',
    '/proc//self/../self/ns/net',
    '/dev/fd/5',
    'run/netns/c1',
    '.',
  ].map((path): [Change, string] => [{ env: { CNI_NETNS: path } }, 'means something else']),
  [{ env: { CNI_PATH: '/opt/cni/bin:bin' } }, '"bin" means something else'],
  [{ env: { CNI_PATH: '/proc/self/cwd/bin' } }, 'means something else'],
  [{ stdin: '{"ipam":{"dataDir":"leases"}}' }, 'paths relative'],
  [{ stdin: '{"ipam":{"DATADIR" :\n "leases"}}' }, 'paths relative'],
  [{ stdin: '{"ipam":{"resolvConf":"./resolv.conf"}}' }, 'paths relative'],
])('a call with %j is left to the client', (change, reason) => {
  expect(findRefusal(request(change))).toContain(reason);
});

describe('a client', () => {
  const own = getSurroundings('self');
  const uid = process.geteuid!();

  test('of this host is welcome', () => {
    expect(findStranger({ pid: process.pid, uid, gid: 0 }, own)).toBeUndefined();
  });

  test.each(['net', 'mnt', 'root'] as const)('with another %s is a stranger', (key) => {
    expect(findStranger({ pid: process.pid, uid, gid: 0 }, { ...own, [key]: 'other' })).toContain(
      'another host',
    );
  });

  test('of another user is a stranger', () => {
    expect(findStranger({ pid: process.pid, uid: uid + 1, gid: 0 }, own)).toContain('may not ask');
  });

  test.each([0, 2 ** 22 + 1])('that is process %d, which nobody sees, is a stranger', (pid) => {
    expect(findStranger({ pid, uid, gid: 0 }, own)).toContain('cannot be looked at');
  });
});
