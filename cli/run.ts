import type { ContainerNetworks } from '../runtime/sandbox/network';
import type { ContainerRecord } from '../runtime/store/container-record';
import { defineCommand } from './command';
import { decodeProgramArguments } from './program-arguments';
import { runOptions } from './run-options';

interface Created {
  record: ContainerRecord;
  networks: ContainerNetworks;
  /** Pass standard input. */
  interactive: boolean;
}

/** Waits for the program, passing on what comes and goes, and gives its exit code. */
async function runAttached({ record, networks, interactive }: Created): Promise<number> {
  const { SignalForwarder } = await import('./container-exit');
  const { startContainer } = await import('../runtime/container/start');
  const { exitCodeOf } = await import('../runtime/store/monitor-files');
  const signals = new SignalForwarder();
  const program = await startContainer(record, networks, { input: interactive, output: true });
  signals.to(program);
  return exitCodeOf(await program.ended);
}

async function runDetached({ record, networks, interactive }: Created): Promise<number> {
  const { startContainer } = await import('../runtime/container/start');
  const program = await startContainer(record, networks, { input: interactive, output: false });
  console.log(record.id);
  program.release();
  return 0;
}

/** With `--rm` a container goes when its program has ended, and also when it could not be started. */
async function runCreated(created: Created): Promise<number> {
  const { record, networks } = created;
  const { removeContainer } = await import('../runtime/container/remove');
  let stays = !record.autoRemove;
  try {
    const exitCode = await (record.detached ? runDetached : runAttached)(created);
    stays ||= record.detached;
    return exitCode;
  } finally {
    if (!stays) await removeContainer(record, networks);
  }
}

export const run = defineCommand({
  command: 'run <image>',
  describe: 'Create a container and run a command in it: tsnet run [options] IMAGE [COMMAND…]',
  builder: (yargs) =>
    runOptions(yargs)
      .example('$0 run --rm busybox echo hello', 'run a command and remove the container')
      .example('$0 run -d --name web -p 8080:80 busybox httpd -f', 'a server in the background'),
  handler: async (options) => {
    const { exitAsContainer } = await import('./container-exit');
    await exitAsContainer(async () => {
      const { createContainer } = await import('../runtime/container/create');
      const { openContainerNetworks } = await import('./container-networks');
      const networks = await openContainerNetworks();
      const { volume: volumes, detach: detached, rm: autoRemove, interactive, programArguments } = options;
      const command = decodeProgramArguments(programArguments);
      const record = await createContainer({ ...options, volumes, detached, autoRemove, command }, networks);
      return runCreated({ record, networks, interactive });
    });
  },
});
