import { defineCommand } from './command';
import { decodeProgramArguments } from './program-arguments';
import { programOptions } from './run-options';

export const exec = defineCommand({
  command: 'exec <container>',
  describe: 'Run a further command in a running container: tsnet exec [options] CONTAINER COMMAND…',
  builder: (yargs) =>
    programOptions(yargs)
      .positional('container', { type: 'string', demandOption: true, describe: 'name or id' })
      .option('env', {
        alias: 'e',
        type: 'string',
        array: true,
        nargs: 1,
        requiresArg: true,
        default: [] as string[],
        describe: 'NAME=value',
      })
      .option('workdir', { alias: 'w', type: 'string', requiresArg: true, describe: 'working directory' })
      .example('$0 exec web ip addr', 'look at the interfaces of container "web"'),
  handler: async ({ container, detach, interactive, env, workdir, programArguments }) => {
    const command = decodeProgramArguments(programArguments);
    const { ExitCode, UsageError } = await import('./failure');
    if (command.length === 0)
      throw new UsageError('missing argument: expected a command after the container');
    const { exitAsContainer, SignalForwarder } = await import('./container-exit');
    await exitAsContainer(async () => {
      const { execContainer } = await import('../runtime/container/exec');
      const { exitCodeOf } = await import('../runtime/store/monitor-files');
      const signals = new SignalForwarder();
      const options = { container, command, env, workdir };
      const input = interactive ? 0 : 'ignore';
      const program = await execContainer(options, detach ? [input, 'ignore', 'ignore'] : [input, 1, 2]);
      if (detach) {
        program.release();
        return 0;
      }
      signals.to(program);
      return exitCodeOf(await program.ended);
    }, ExitCode.failure);
  },
});
