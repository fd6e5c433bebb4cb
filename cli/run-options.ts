/** Options of `tsnet run`, in Docker's words. */
import type { Argv } from 'yargs';
import { programArguments } from './program-arguments';

/** An option that may be given again. */
const list = { type: 'string', array: true, nargs: 1, requiresArg: true, default: [] as string[] } as const;
const text = { type: 'string', requiresArg: true } as const;

/** What follows the first argument; see program-arguments.ts. */
export function programOption<T>(yargs: Argv<T>) {
  return yargs.option(programArguments, { type: 'string', hidden: true, default: '[]' });
}

export function runOptions(yargs: Argv<object>) {
  return programOption(yargs)
    .positional('image', {
      type: 'string',
      demandOption: true,
      describe: 'name of a local image, or a directory with a root file system (begins with "/" or ".")',
    })
    .option('detach', { alias: 'd', type: 'boolean', default: false, describe: 'run in the background' })
    .option('rm', { type: 'boolean', default: false, describe: 'remove the container when it ends' })
    .option('name', { ...text, describe: 'name of the container' })
    .option('network', {
      ...text,
      alias: 'net',
      default: 'bridge',
      describe: 'null, host, container:NAME, bridge, or a configured network',
    })
    .option('publish', { ...list, alias: 'p', describe: '[ip:]hostPort[-end]:containerPort[-end][/proto]' })
    .option('volume', { ...list, alias: 'v', describe: 'source:destination[:ro]' })
    .option('env', { ...list, alias: 'e', describe: 'NAME=value, or NAME of a variable that is set here' })
    .option('memory', { ...text, alias: 'm', describe: 'memory limit, such as 64m' })
    .option('cpus', { ...text, describe: 'processor limit, such as 0.5' })
    .option('pids-limit', { ...text, describe: 'how many processes and threads may live' })
    .option('hostname', { ...text, describe: 'host name inside' });
}
