/** `-m`, `--cpus` and `--pids-limit` as OCI resources. */
import type { OciResources } from '../oci/spec';
import { parseSize } from './size';

export interface LimitOptions {
  /** `64m`; 0: no limit, as Docker has it. */
  memory?: string | undefined;
  /** `0.5`; 0: no limit. */
  cpus?: string | undefined;
  /** 0 and below: no limit. */
  pidsLimit?: string | undefined;
}

/** What Docker refuses too: less does not start a program. */
const smallestMemory = 6 * 1024 ** 2;
/** Microseconds. */
const period = 100_000;
/** The kernel's smallest quota is a millisecond; the most processors that it can be built for (NR_CPUS). */
const cpusRange = { min: 0.01, max: 8192 };
/** PID_MAX_LIMIT (linux/threads.h). */
const largestPids = 4_194_304;

function parseMemory(text: string): number {
  const limit = parseSize('limit memory to', text);
  if (limit !== 0 && limit < smallestMemory)
    throw new Error(`limit memory to "${text}": expected 6m or more`);
  return limit;
}

function parseCpus(text: string): number {
  const cpus = Number(text);
  const { min, max } = cpusRange;
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text) || (cpus !== 0 && (cpus < min || cpus > max)))
    throw new Error(
      `limit cpus to ${JSON.stringify(text)}: expected a number from ${min} to ${max}, such as "0.5"`,
    );
  return Math.round(cpus * period);
}

function parsePids(text: string): number {
  if (!/^-?\d+$/.test(text) || Number(text) > largestPids)
    throw new Error(
      `limit pids to ${JSON.stringify(text)}: expected a whole number of at most ${largestPids}`,
    );
  return Number(text) <= 0 ? -1 : Number(text);
}

/** Memory and swap together get twice the memory, as Docker does. @throws Error naming option, value, expectation */
export function parseLimits({ memory, cpus, pidsLimit }: LimitOptions): Omit<OciResources, 'devices'> {
  const limit = memory === undefined ? 0 : parseMemory(memory);
  const quota = cpus === undefined ? 0 : parseCpus(cpus);
  return {
    ...(limit === 0 ? {} : { memory: { limit, swap: limit * 2 } }),
    ...(quota === 0 ? {} : { cpu: { quota, period } }),
    ...(pidsLimit === undefined ? {} : { pids: { limit: parsePids(pidsLimit) } }),
  };
}
