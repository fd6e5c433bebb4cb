/** Options of `tsnet run`, in Docker's words. */
import type { Argv } from 'yargs';
import { UsageError } from './failure';
import { programArguments } from './program-arguments';

/** An option that may be given again. */
const list = { type: 'string', array: true, nargs: 1, requiresArg: true, default: [] as string[] } as const;
const text = { type: 'string', requiresArg: true } as const;

const toggle = { type: 'boolean', default: false } as const;

/** @throws UsageError */
function refuseTty(wanted: boolean): boolean {
  if (wanted) throw new UsageError('option --tty: terminals are not supported; -i passes standard input');
  return wanted;
}

/** Of a program in a container: what follows the first argument (program-arguments.ts), and its standard streams. */
export function programOptions<T>(yargs: Argv<T>) {
  return yargs
    .option(programArguments, { type: 'string', hidden: true, default: '[]' })
    .option('detach', { ...toggle, alias: 'd', describe: 'run in the background' })
    .option('interactive', {
      ...toggle,
      alias: 'i',
      describe: 'pass standard input; without it there is none',
    })
    .option('tty', { ...toggle, alias: 't', hidden: true, coerce: refuseTty });
}

export function runOptions(yargs: Argv<object>) {
  return programOptions(yargs)
    .positional('image', {
      type: 'string',
      demandOption: true,
      describe: 'name of a local image, or a directory with a root file system (begins with "/" or ".")',
    })
    .option('rm', { ...toggle, describe: 'remove the container when it ends' })
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
    .option('user', { ...text, alias: 'u', describe: 'user[:group], names of the image or numbers' })
    .option('memory', { ...text, alias: 'm', describe: 'memory limit, such as 64m' })
    .option('cpus', { ...text, describe: 'processor limit, such as 0.5' })
    .option('pids-limit', { ...text, describe: 'how many processes and threads may live' })
    .option('hostname', { ...text, describe: 'host name inside' });
}
