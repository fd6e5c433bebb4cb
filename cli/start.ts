import type { ContainerRecord } from '../runtime/store/container-record';
import { defineCommand } from './command';
import { containersArgument, forEachContainer } from './each-container';

/** Starts it in its sandbox, in the background. */
export async function startDetached(record: ContainerRecord): Promise<void> {
  const { startContainer } = await import('../runtime/container/start');
  const { openContainerNetworks } = await import('./container-networks');
  const program = await startContainer(record, await openContainerNetworks(), {
    input: false,
    output: false,
  });
  program.release();
}

export const start = defineCommand({
  command: 'start <containers..>',
  describe: 'Start containers that have ended, in the sandbox that they had',
  builder: (yargs) => containersArgument(yargs).example('$0 start web', 'start "web" again'),
  handler: ({ containers }) => forEachContainer(containers, startDetached),
});
