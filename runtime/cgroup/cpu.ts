/** Processor time: quota in each period (scheduler/sched-bwc.rst, cgroup-v2.rst). */
import type { Controller } from './controller';

/** Microseconds; the kernel's default. */
const defaultPeriod = 100_000;

export const cpu: Controller = {
  name: 'cpu',
  plan: ({ cpu: wanted }, version) => {
    if (wanted?.quota === undefined) return [];
    const { quota, period = defaultPeriod } = wanted;
    if (version === 2) return [{ file: 'cpu.max', value: `${quota < 0 ? 'max' : quota} ${period}` }];
    return [
      { file: 'cpu.cfs_period_us', value: String(period) },
      { file: 'cpu.cfs_quota_us', value: String(quota) },
    ];
  },
};
