import type { OciResources } from '../oci/spec';
import type { Controller } from './controller';
import { cpu } from './cpu';
import { devices } from './devices';
import { memory } from './memory';
import { pids } from './pids';

/** `file=value` lines, in order. */
function settings(controller: Controller, resources: Partial<OciResources>, version: 1 | 2): string[] {
  return controller.plan({ devices: [], ...resources }, version).map(({ file, value }) => `${file}=${value}`);
}

test.each<[Controller, Partial<OciResources>, string[], string[]]>([
  [
    memory,
    { memory: { limit: 64, swap: 128 } },
    ['memory.limit_in_bytes=64', 'memory.memsw.limit_in_bytes=128'],
    ['memory.max=64', 'memory.swap.max=64'],
  ],
  [memory, { memory: { limit: 64 } }, ['memory.limit_in_bytes=64'], ['memory.max=64']],
  [
    memory,
    { memory: { limit: 64, swap: -1 } },
    ['memory.limit_in_bytes=64', 'memory.memsw.limit_in_bytes=-1'],
    ['memory.max=64', 'memory.swap.max=max'],
  ],
  [
    cpu,
    { cpu: { quota: 50_000, period: 100_000 } },
    ['cpu.cfs_period_us=100000', 'cpu.cfs_quota_us=50000'],
    ['cpu.max=50000 100000'],
  ],
  [cpu, { cpu: { quota: -1 } }, ['cpu.cfs_period_us=100000', 'cpu.cfs_quota_us=-1'], ['cpu.max=max 100000']],
  [pids, { pids: { limit: 50 } }, ['pids.max=50'], ['pids.max=50']],
  [pids, { pids: { limit: -1 } }, ['pids.max=max'], ['pids.max=max']],
  [
    devices,
    {
      devices: [
        { allow: false, access: 'rwm' },
        { allow: true, type: 'c', major: 136, access: 'rw' },
        { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' },
      ],
    },
    ['devices.deny=a *:* rwm', 'devices.allow=c 136:* rw', 'devices.allow=c 1:3 rwm'],
    [],
  ],
])('$name: %j', (controller, resources, v1, v2) => {
  expect(settings(controller, resources, 1)).toEqual(v1);
  expect(settings(controller, resources, 2)).toEqual(v2);
});

test.each([memory, cpu, pids])('$name without a limit sets nothing', (controller) => {
  expect(settings(controller, {}, 1)).toEqual([]);
  expect(settings(controller, {}, 2)).toEqual([]);
});
