import { hierarchyName, parseHierarchies } from './hierarchy';

const hybridMounts = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:7 - cgroup2 cgroup2 rw
`;
const hybridMembership = '3:memory:/\n2:cpu,cpuacct:/\n1:name=systemd:/\n0::/\n';

test('a hybrid host has v1 controllers, a named hierarchy and a v2 tree', () => {
  const found = parseHierarchies(hybridMounts, hybridMembership, () => 'hugetlb\n');
  expect(found).toEqual([
    { version: 1, controllers: ['cpu', 'cpuacct'], mountPoint: '/sys/fs/cgroup/cpu,cpuacct' },
    { version: 1, controllers: ['memory'], mountPoint: '/sys/fs/cgroup/memory' },
    { version: 1, controllers: [], name: 'systemd', mountPoint: '/sys/fs/cgroup/systemd' },
    { version: 2, controllers: ['hugetlb'], mountPoint: '/sys/fs/cgroup/unified' },
  ]);
  expect(found.map(hierarchyName)).toEqual(['cpu,cpuacct', 'memory', 'systemd', 'unified']);
});

test('a v2 host has one hierarchy', () => {
  const mounts = '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n';
  expect(parseHierarchies(mounts, '0::/init.scope\n', () => 'cpu memory pids\n')).toEqual([
    { version: 2, controllers: ['cpu', 'memory', 'pids'], mountPoint: '/sys/fs/cgroup' },
  ]);
});

test('a hierarchy that is mounted twice counts once, spaces in its path are read', () => {
  const mounts =
    '30 23 0:26 / /my\\040cgroups rw - cgroup cgroup rw,pids\n31 23 0:26 / /second rw - cgroup cgroup rw,pids\n';
  expect(parseHierarchies(mounts, '1:pids:/\n', () => '')).toEqual([
    { version: 1, controllers: ['pids'], mountPoint: '/my cgroups' },
  ]);
});

test('a host without cgroups has none', () => {
  expect(parseHierarchies('22 27 0:21 / /proc rw - proc proc rw\n', '', () => '')).toEqual([]);
});
