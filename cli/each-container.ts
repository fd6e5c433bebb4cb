/** Commands that take several containers. */
import type { Argv } from 'yargs';
import type { ContainerRecord } from '../runtime/store/container-record';
import { ExitCode, reportFailure } from './failure';

export function containersArgument<T>(yargs: Argv<T>) {
  return yargs.positional('containers', {
    type: 'string',
    array: true,
    demandOption: true,
    describe: 'names or ids',
  });
}

/** Does it for each, printing the name as it was given; one failure does not keep the others from being done. */
export async function forEachContainer(
  references: readonly string[],
  action: (record: ContainerRecord) => Promise<void>,
): Promise<void> {
  const { getRecord } = await import('../runtime/store/container-store');
  for (const reference of references) {
    try {
      await action(getRecord(reference));
      console.log(reference);
    } catch (error) {
      reportFailure(error, 'tsnet --help');
      process.exitCode = ExitCode.failure;
    }
  }
}
