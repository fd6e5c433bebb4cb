/** Memory limits (cgroup-v1/memory.rst, cgroup-v2.rst). */
import type { OciResources } from '../oci/spec';
import type { Controller, Setting } from './controller';

type Memory = NonNullable<OciResources['memory']>;

/** `swap` is memory and swap together. v1 wants the memory limit first: it may not be above the sum. */
function planV1({ limit, swap }: Memory): Setting[] {
  return [
    ...(limit === undefined ? [] : [{ file: 'memory.limit_in_bytes', value: String(limit) }]),
    ...(swap === undefined
      ? []
      : [{ file: 'memory.memsw.limit_in_bytes', value: String(swap), optional: true }]),
  ];
}

/** v2 counts swap on its own. */
function planV2({ limit, swap }: Memory): Setting[] {
  const swapOnly =
    swap === undefined || limit === undefined ? undefined : swap === -1 ? 'max' : String(swap - limit);
  return [
    ...(limit === undefined ? [] : [{ file: 'memory.max', value: String(limit) }]),
    ...(swapOnly === undefined ? [] : [{ file: 'memory.swap.max', value: swapOnly, optional: true }]),
  ];
}

export const memory: Controller = {
  name: 'memory',
  plan: ({ memory: wanted = {} }, version) => (version === 1 ? planV1(wanted) : planV2(wanted)),
};
