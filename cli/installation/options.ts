/** The option that `install` and `uninstall` share. */
import type { Argv } from 'yargs';

export function cniDirOption<T>(yargs: Argv<T>) {
  return yargs.option('cni-dir', {
    type: 'string',
    requiresArg: true,
    describe: 'folder in which runtimes look for CNI plugins',
    default: '/opt/cni/bin',
  });
}
