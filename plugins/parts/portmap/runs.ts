/** Ranges that a runtime has taken apart, put together again. Pure. */
import type { PortMapping } from '../../../conf/port-mapping';

/** Runtimes give a published range as single ports. From this many on, one range is worth more than a rule for each. */
const worthJoining = 16;

function continues(before: PortMapping, mapping: PortMapping): boolean {
  return (
    mapping.protocol === before.protocol &&
    mapping.hostIP === before.hostIP &&
    mapping.hostPort === before.hostPort + before.range &&
    mapping.containerPort === before.containerPort + before.range
  );
}

/** Long runs of consecutive ports as one range each; everything else as it is, in the order given. */
export function joinRuns(mappings: readonly PortMapping[]): PortMapping[] {
  const runs: PortMapping[][] = [];
  for (const mapping of mappings) {
    const run = runs.at(-1);
    if (run && continues(run.at(-1)!, mapping)) run.push(mapping);
    else runs.push([mapping]);
  }
  return runs.flatMap((run) => (run.length < worthJoining ? run : [join(run)]));
}

function join(run: readonly PortMapping[]): PortMapping {
  return { ...run[0]!, range: run.reduce((total, { range }) => total + range, 0) };
}
