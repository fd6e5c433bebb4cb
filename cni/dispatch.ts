/** One call of one plugin: environment and input in, output and exit code out. Serves executables and the agent alike. */
import { decodeConfig, getAnswerVersion } from './config';
import type { Delegation } from './delegation';
import { type Environment, type EnvironmentVariables, readEnvironment } from './environment';
import { CniError, ErrorCode, toCniError } from './errors';
import { quote } from './identifiers';
import type { Interruption } from './interruption';
import { createIpam } from './ipam';
import { toJsonText } from './json-text';
import type { Platform } from './platform';
import type { Plugin } from './plugin';
import { verbs } from './verbs';
import { verifyVersion } from './version-gate';
import { allVersions, newestVersion } from './versions';

export interface Request {
  env: EnvironmentVariables;
  stdin: Uint8Array;
  /** Interrupts an ADD, which then undoes what it did. Its reason is told. */
  signal?: Interruption;
}

export interface Response {
  /** A result, an error object, or nothing. */
  stdout: string;
  stderr: string;
  exitCode: 0 | 1;
}

/** Serves one call. Never rejects: every failure becomes the one error object on standard output. */
export async function dispatch(request: Request, plugin: Plugin, platform: Platform): Promise<Response> {
  if (!request.env.CNI_COMMAND) return { stdout: '', stderr: aboutText(plugin), exitCode: 0 };
  const stdin = Buffer.from(request.stdin).toString();
  const log: string[] = [];
  try {
    const environment = readEnvironment(request.env);
    const call = { request, plugin, platform, environment, stdin, log };
    const stdout = environment.command === 'VERSION' ? versionText(plugin, stdin) : await serve(call);
    return { stdout, stderr: log.join(''), exitCode: 0 };
  } catch (error) {
    if (isDefect(error)) log.push(`${error.stack}\n`);
    return { stdout: formatError(error, getAnswerVersion(stdin)), stderr: log.join(''), exitCode: 1 };
  }
}

/** The error object of the protocol. */
export function formatError(error: unknown, cniVersion: string): string {
  const { code, message, details } = toCniError(error);
  return toJsonText({ cniVersion, code, msg: message, details });
}

interface OpenCall {
  request: Request;
  plugin: Plugin;
  platform: Platform;
  environment: Environment;
  stdin: string;
  log: string[];
}

async function serve(call: OpenCall): Promise<string> {
  const { request, plugin, platform, environment, stdin, log } = call;
  const config = decodeConfig(stdin);
  const command = environment.command as keyof typeof verbs;
  verifyVersion(command, config.cniVersion, plugin.versions ?? allVersions);
  if (command === 'ADD' || command === 'DEL') verifyNetns(call);
  const delegation: Delegation = {
    env: request.env,
    stdin: request.stdin,
    path: environment.path,
    cniVersion: config.cniVersion,
    cniArgs: plugin.cniArgs ?? [],
    platform,
    serve: (inner, delegate) => dispatch(inner, delegate, platform),
    forwardStderr: (text) => log.push(text),
  };
  return verbs[command]({
    plugin,
    environment,
    config,
    ipam: createIpam(config.object, delegation),
    signal: request.signal,
  });
}

/**
 * Work in the host's own namespace would take the host's interfaces for the container's.
 * @throws CniError 8
 */
function verifyNetns({ request, plugin, platform, environment: { netns } }: OpenCall): void {
  const override = request.env.CNI_NETNS_OVERRIDE ?? '';
  if (plugin.allowsHostNetns || netns === '' || override === '1' || override.toLowerCase() === 'true') return;
  if (platform.isOwnNetns(netns))
    throw new CniError(
      ErrorCode.invalidNetns,
      "plugin's netns and netns from CNI_NETNS should not be the same",
      `CNI_NETNS is ${quote(netns)}`,
    );
}

/** `cniVersion` echoes a known version of the input; old runtimes send none. */
function versionText(plugin: Plugin, stdin: string): string {
  return toJsonText({
    cniVersion: getAnswerVersion(stdin, newestVersion),
    supportedVersions: plugin.versions ?? allVersions,
  });
}

function aboutText(plugin: Plugin): string {
  const versions = (plugin.versions ?? allVersions).join(', ');
  return `CNI ${plugin.type} plugin: ${plugin.about}\nCNI protocol versions supported: ${versions}\n`;
}

/** Neither ours nor the system's (those carry a code): its stack is worth more than its message. */
function isDefect(error: unknown): error is Error {
  const { code, stack } = (error ?? {}) as { code?: unknown; stack?: unknown };
  return code === undefined && typeof stack === 'string';
}
