import { createSpec } from '../oci/default-spec';
import type { OciMount } from '../oci/spec';
import { planContainer } from './container';

interface Wanted {
  binds?: OciMount[];
  uid?: number;
  netns?: string;
}

function plan({ binds = [], uid = 0, netns = '/run/tsnet/netns/x' }: Wanted = {}): readonly string[] {
  const spec = createSpec({
    rootPath: '/state/merged',
    cgroupsPath: '/tsnet/x',
    hostname: 'web',
    args: ['sh', '-c', 'true'],
    env: ['PATH=/bin:/sbin'],
    cwd: '/srv',
    user: { uid, gid: uid, additionalGids: [] },
    ...(netns === '' ? {} : { netns }),
    binds,
    limits: {},
  });
  return planContainer({
    spec,
    layers: { lower: ['/layer'], upper: '/state/upper', work: '/state/work' },
    cgroups: ['/sys/fs/cgroup/tsnet/x'],
    hierarchies: [{ version: 2, controllers: ['memory'], mountPoint: '/sys/fs/cgroup' }],
    isFile: () => false,
    logs: [],
    monitor: { folder: '/state' },
  }).list();
}

function expectOrder(operations: readonly string[], ...wanted: string[]): void {
  const positions = wanted.map((what) => operations.indexOf(what));
  expect(positions).not.toContain(-1);
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
}

test('the container is limited and walled in before anything of it is mounted, and drops its powers last', () => {
  expectOrder(
    plan(),
    'block signals',
    'hide launcher',
    'create process in new namespaces',
    'wait for process',
    'join cgroup "/sys/fs/cgroup/tsnet/x"',
    'restrict devices',
    'join network namespace "/run/tsnet/netns/x"',
    'create cgroup namespace',
    'keep mounts from the host',
    'mount root file system on "/state/merged"',
    'mount proc on "/proc"',
    'mount tmpfs on "/dev"',
    'create device "/dev/null"',
    'mask "/proc/kcore"',
    'make "/proc/sys" read-only',
    'change root',
    'detach the host',
    'set hostname "web"',
    'drop capability 21',
    'set uid 0',
    'set capabilities',
    'close descriptors',
    'change to working directory "/srv"',
    'unblock signals',
    'start program "sh"',
  );
});

test('each folder of PATH is tried', () => {
  expect(plan().filter((what) => what === 'start program "sh"')).toHaveLength(2);
});

test('without a path the host network namespace is kept', () => {
  expect(plan({ netns: '' }).some((what) => what.includes('network namespace'))).toBe(false);
});

test('kept capabilities are not dropped from the bounding set', () => {
  const operations = plan();
  expect(operations).not.toContain('drop capability 0');
  expect(operations.filter((what) => what.startsWith('drop capability '))).toHaveLength(64 - 14);
});

test('mount points are made element by element', () => {
  const bind = { destination: '/a/b', type: 'bind', source: '/src', options: ['rbind', 'ro'] };
  expectOrder(
    plan({ binds: [bind] }),
    'open mount source "/src"',
    'create mount point "/a"',
    'open "a" inside the container',
    'create mount point "/a/b"',
    'open "a/b" inside the container',
    'mount "/src" on "/a/b"',
  );
});

test('a bind mount on /dev is left as it is', () => {
  const spec = createSpec({
    rootPath: '/state/merged',
    cgroupsPath: '/tsnet/x',
    hostname: '',
    args: ['/bin/true'],
    env: [],
    cwd: '/',
    user: { uid: 0, gid: 0, additionalGids: [] },
    binds: [],
    limits: {},
  });
  const own = { destination: '/dev', type: 'bind', source: '/dev', options: ['rbind'] };
  spec.mounts = [...spec.mounts.filter(({ destination }) => destination !== '/dev'), own];
  const operations = planContainer({
    spec,
    layers: { lower: ['/layer'], upper: '/u', work: '/w' },
    cgroups: [],
    hierarchies: [],
    isFile: () => false,
    logs: [],
    monitor: {},
  }).list();
  expect(operations).not.toContain('create device "/dev/null"');
});
