/** Stale UDP flows by conntrack(8): where FFI cannot load. */
import { run } from '../command';
import { hasCode } from '../errors';
import { countPorts, listPorts, type UdpFlows } from './model';

/** Above this, one deletion for all flows is cheaper than one for each port. */
const maxSeparatePorts = 32;

/**
 * Arguments of each run. The program filters by one port, not by a range: of a large range, all translated UDP flows
 * of the container go at once, or all translated ones when no container is named. Pure.
 */
export function planRuns(flows: UdpFlows): string[][] {
  const { family, containerAddress } = flows;
  const base = ['-D', '-f', family, '-p', 'udp'];
  const ofContainer = containerAddress ? [[...base, '--reply-src', containerAddress]] : [];
  if (countPorts(flows) > maxSeparatePorts) return [...ofContainer, [...base, '--dst-nat']];
  return [...ofContainer, ...listPorts(flows).map((port) => [...base, '--orig-port-dst', `${port}`])];
}

/** The program exits 1 when nothing matched, as when something went wrong: only a missing program is told apart. */
async function runConntrack(args: string[]): Promise<string | undefined> {
  try {
    await run(['conntrack', ...args]);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'flush stale UDP flows: program "conntrack" is not installed';
    if (!hasCode(error, 'EXIT')) throw error;
  }
  return undefined;
}

/**
 * @returns a warning when the program is not installed
 * @throws CommandError when it cannot be started for another reason
 */
export async function flushByProgram(flows: UdpFlows): Promise<string | undefined> {
  const warnings = await Promise.all(planRuns(flows).map(runConntrack));
  return warnings.find((warning) => warning !== undefined);
}
