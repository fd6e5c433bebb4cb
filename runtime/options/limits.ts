/** `-m`, `--cpus` and `--pids-limit` as OCI resources. */
import type { OciResources } from '../oci/spec';
import { parseSize } from './size';

export interface LimitOptions {
  /** `64m`. */
  memory?: string | undefined;
  /** `0.5`. */
  cpus?: string | undefined;
  /** 0 and below: no limit, as Docker has it. */
  pidsLimit?: string | undefined;
}

/** What Docker refuses too: less does not start a program. */
const smallestMemory = 6 * 1024 ** 2;
/** Microseconds. */
const period = 100_000;
/** The kernel's smallest quota is a millisecond. */
const smallestCpus = 0.01;

function parseMemory(text: string): number {
  const limit = parseSize(text);
  if (limit < smallestMemory) throw new Error(`limit memory to "${text}": expected 6m or more`);
  return limit;
}

function parseCpus(text: string): number {
  const cpus = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || cpus < smallestCpus)
    throw new Error(
      `limit cpus to ${JSON.stringify(text)}: expected a number from ${smallestCpus}, such as "0.5"`,
    );
  return Math.round(cpus * period);
}

function parsePids(text: string): number {
  if (!/^-?\d+$/.test(text))
    throw new Error(`limit pids to ${JSON.stringify(text)}: expected a whole number`);
  return Number(text) <= 0 ? -1 : Number(text);
}

/** Memory and swap together get twice the memory, as Docker does. @throws Error naming option, value, expectation */
export function parseLimits({ memory, cpus, pidsLimit }: LimitOptions): Omit<OciResources, 'devices'> {
  const limit = memory === undefined ? undefined : parseMemory(memory);
  return {
    ...(limit === undefined ? {} : { memory: { limit, swap: limit * 2 } }),
    ...(cpus === undefined ? {} : { cpu: { quota: parseCpus(cpus), period } }),
    ...(pidsLimit === undefined ? {} : { pids: { limit: parsePids(pidsLimit) } }),
  };
}
