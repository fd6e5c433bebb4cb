/** Running another plugin as part of one's own call (SPEC.md, section 4): same environment, same input, its answer read. */
import { isOwnBuild } from './build-marker';
import { removeCniArgs } from './cni-args';
import type { Command, EnvironmentVariables } from './environment';
import { CniError, ErrorCode } from './errors';
import { getExecutable } from './find-executable';
import { quote } from './identifiers';
import type { Platform } from './platform';
import type { Plugin } from './plugin';
import type { ProcessOutcome } from './process';
import type { Result } from './result';
import { parseResult } from './result-conversion';

/** What a plugin was called with, which its delegates get too. */
export interface Delegation {
  env: EnvironmentVariables;
  /** The complete input, byte for byte. */
  stdin: Uint8Array;
  /** CNI_PATH, split. */
  path: readonly string[];
  /** The configuration's version, which an answer without one has. */
  cniVersion: string;
  /** Keys of CNI_ARGS that the delegating plugin knows. */
  cniArgs: readonly string[];
  platform: Platform;
  /** Serves a call inside this process. */
  serve(request: { env: EnvironmentVariables; stdin: Uint8Array }, plugin: Plugin): Promise<ProcessOutcome>;
  /** Takes what the delegate wrote to its standard error. */
  forwardStderr(text: string): void;
}

/**
 * Runs one command of a delegate and gives what it printed.
 * @throws CniError the delegate's own error, unchanged; 7 when there is no such plugin
 */
export async function runDelegate(delegation: Delegation, type: string, command: Command): Promise<string> {
  const file = getExecutable(type, delegation.path);
  const outcome = await start(delegation, { type, file, command });
  delegation.forwardStderr(outcome.stderr);
  if (outcome.exitCode !== 0) throw parseFailure(outcome);
  return outcome.stdout;
}

/** As {@link runDelegate} for ADD. @throws CniError 6 or 7 for an answer that is not a result, too */
export async function runDelegateAdd(delegation: Delegation, type: string): Promise<Result> {
  const stdout = await runDelegate(delegation, type, 'ADD');
  let raw: unknown;
  try {
    raw = JSON.parse(stdout);
  } catch {
    throw new CniError(
      ErrorCode.decodingFailure,
      `failed to unmarshal raw result: plugin ${quote(type)} printed ${quote(stdout)}`,
    );
  }
  return parseResult(raw ?? {}, delegation.cniVersion, `result of plugin ${quote(type)}`);
}

/** In this process when the executable is our own build: the same code, without a second start of Node. */
async function start(
  delegation: Delegation,
  { type, file, command }: { type: string; file: string; command: Command },
): Promise<ProcessOutcome> {
  const { platform, stdin, serve } = delegation;
  const env = { ...delegation.env, CNI_COMMAND: command };
  const load = Object.hasOwn(platform.builtinIpam, type) ? platform.builtinIpam[type] : undefined;
  if (load === undefined || !isOwnBuild(file, type)) return platform.runProcess({ file, env, stdin });
  const plugin = await load();
  return serve({ env: { ...env, CNI_ARGS: argsForOwn(delegation, plugin) }, stdin }, plugin);
}

/** What the delegating plugin took for itself (`MAC`) is not an unknown argument of the delegate. */
function argsForOwn({ env, cniArgs }: Delegation, plugin: Plugin): string {
  const taken = cniArgs.filter((key) => !plugin.cniArgs?.includes(key));
  return removeCniArgs(env.CNI_ARGS ?? '', taken);
}

/** What a failed plugin reported: the error object on its standard output; something readable when there is none. */
export function parseFailure({ stdout, stderr, exitCode }: ProcessOutcome): CniError {
  const ending = exitCode === undefined ? 'killed by a signal' : `exit status ${exitCode}`;
  if (stdout.trim() === '') {
    const cause = stderr.trim() === '' ? '' : `: ${quote(stderr)}`;
    return new CniError(ErrorCode.internal, `netplugin failed with no error message${cause}`, ending);
  }
  const error = findErrorObject(stdout);
  if (error === undefined)
    return new CniError(
      ErrorCode.internal,
      `netplugin failed but error parsing its diagnostic message ${quote(stdout)}`,
      ending,
    );
  return error;
}

function findErrorObject(stdout: string): CniError | undefined {
  try {
    const { code, msg, details } = JSON.parse(stdout) as { code?: unknown; msg?: unknown; details?: unknown };
    if (typeof msg !== 'string' && typeof code !== 'number') return undefined;
    return new CniError(
      typeof code === 'number' ? code : ErrorCode.internal,
      typeof msg === 'string' ? msg : '',
      typeof details === 'string' && details !== '' ? details : undefined,
    );
  } catch {
    return undefined;
  }
}
