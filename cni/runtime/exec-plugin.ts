/** Starting one plugin of a list as a runtime does (SPEC.md, section 2). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../config';
import { parseFailure } from '../delegation';
import type { Command, EnvironmentVariables } from '../environment';
import { CniError, ErrorCode, toCniError } from '../errors';
import { getExecutable } from '../find-executable';
import { quote } from '../identifiers';
import type { ProcessOutcome, ProcessSpec, RunProcess } from '../process';

/** What starting plugins takes from the process around it. */
export interface PluginRunner {
  runProcess: RunProcess;
  /** CNI_PATH, split. */
  path: readonly string[];
  /** Inherited by plugins, the CNI variables aside. */
  env: EnvironmentVariables;
  /** Takes what plugins write to their standard error. */
  forwardStderr(text: string): void;
  /** Milliseconds between two tries to start an executable that is being written; 1000 unless told. */
  retryDelay?: number;
}

/** The CNI variables of one attachment; empty for commands that have none. */
export interface AttachmentVariables {
  containerId: string;
  netns: string;
  ifName: string;
  /** CNI_ARGS: `K=V;K2=V2`. */
  cniArgs: string;
}

export interface PluginCall {
  command: Command;
  type: string;
  config: JsonObject;
  variables: AttachmentVariables;
}

const maxTries = 6;

/**
 * Runs one plugin to its end.
 * @returns its standard output
 * @throws CniError what the plugin reported, its type and command put before its message; 7 when there is no such plugin
 */
export async function execPlugin(runner: PluginRunner, call: PluginCall): Promise<string> {
  const { command, type, config } = call;
  try {
    const file = getExecutable(type, runner.path);
    const stdin = Buffer.from(JSON.stringify(config));
    const outcome = await start(runner, { file, stdin, env: environment(runner, call) });
    runner.forwardStderr(outcome.stderr);
    if (outcome.exitCode === 0) return outcome.stdout;
    throw parseFailure(outcome);
  } catch (error) {
    const { code, message, details } = toCniError(error);
    throw new CniError(code, `run ${command} of plugin ${quote(type)}: ${message}`, details);
  }
}

/** As {@link execPlugin} for ADD. @throws CniError 6 when the plugin printed no JSON object, too */
export async function execPluginAdd(runner: PluginRunner, call: PluginCall): Promise<JsonObject> {
  const stdout = await execPlugin(runner, call);
  const result = parseObject(stdout);
  if (result !== undefined) return result;
  throw new CniError(
    ErrorCode.decodingFailure,
    `run ${call.command} of plugin ${quote(call.type)}: expected a result as a JSON object, got ${quote(stdout)}`,
  );
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

/** ETXTBSY: an installer holds the executable open for writing, for a moment. */
async function start(
  { runProcess, retryDelay = 1000 }: PluginRunner,
  spec: ProcessSpec,
): Promise<ProcessOutcome> {
  for (let tries = 1; ; tries++) {
    try {
      return await runProcess(spec);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ETXTBSY' || tries === maxTries) throw error;
    }
    await sleep(retryDelay);
  }
}

function environment({ env, path }: PluginRunner, { command, variables }: PluginCall): EnvironmentVariables {
  return {
    ...env,
    CNI_COMMAND: command,
    CNI_CONTAINERID: variables.containerId,
    CNI_NETNS: variables.netns,
    CNI_IFNAME: variables.ifName,
    CNI_ARGS: variables.cniArgs,
    CNI_PATH: path.join(':'),
  };
}
