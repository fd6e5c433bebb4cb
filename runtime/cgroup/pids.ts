/** How many tasks may live (cgroup-v1/pids.rst); the same file on v1 and v2. */
import type { Controller } from './controller';

export const pids: Controller = {
  name: 'pids',
  plan: ({ pids: wanted }) =>
    wanted ? [{ file: 'pids.max', value: wanted.limit < 0 ? 'max' : String(wanted.limit) }] : [],
};
