/** The process around one call: the entry of every executable. */
import { dispatch, formatError } from './dispatch';
import { CniError, ErrorCode } from './errors';
import { Interrupter, type Interruption } from './interruption';
import type { Platform } from './platform';
import type { Plugin } from './plugin';
import { readStandardInput, writeAll } from './standard-streams';
import { newestVersion } from './versions';

/** Serves the call that this process was started for, then ends the process. */
export async function runPlugin(plugin: Plugin, platform: Platform): Promise<never> {
  process.on('uncaughtException', (error) =>
    exitWith({ stdout: formatError(error, newestVersion), stderr: '', exitCode: 1 }),
  );
  let stdin: Uint8Array;
  try {
    stdin = process.env.CNI_COMMAND ? await readStandardInput() : Buffer.alloc(0);
  } catch (error) {
    const failure = new CniError(
      ErrorCode.ioFailure,
      `error reading from stdin: ${(error as Error).message}`,
    );
    return exitWith({ stdout: formatError(failure, newestVersion), stderr: '', exitCode: 1 });
  }
  return exitWith(await dispatch({ env: process.env, stdin, ...interruption() }, plugin, platform));
}

/** SIGTERM during ADD undoes it; every other command leaves nothing half made that its next run would not mend. */
function interruption(): { signal?: Interruption } {
  if (process.env.CNI_COMMAND !== 'ADD') return {};
  const signal = new Interrupter();
  // `on`, not `once`: a library that finds itself the last listener raises the signal again
  process.on('SIGTERM', () => signal.abort('SIGTERM'));
  return { signal };
}

function exitWith({ stdout, stderr, exitCode }: { stdout: string; stderr: string; exitCode: number }): never {
  writeAll(2, stderr);
  process.exit(writeAll(1, stdout) ? exitCode : 1);
}
