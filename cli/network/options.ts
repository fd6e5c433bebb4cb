/** Options of the commands that work on configured networks, with the defaults and variables of cnitool. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Argv } from 'yargs';
import { UsageError } from '../failure';

export interface NetworkOptions {
  configDir: string;
  pluginDir: string[];
  cacheDir: string;
}

/** Where networks, plugins and cached results are. */
export function networkOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('config-dir', {
      type: 'string',
      requiresArg: true,
      describe: 'folder of network configurations (NETCONFPATH)',
      default: process.env.NETCONFPATH || '/etc/cni/net.d',
    })
    .option('plugin-dir', {
      type: 'string',
      requiresArg: true,
      array: true,
      nargs: 1,
      describe: 'folder of plugins, may be given again (CNI_PATH)',
      default: defaultPluginFolders(process.env.CNI_PATH),
      defaultDescription: 'that of tsnet, /opt/cni/bin, /usr/lib/cni',
    })
    .option('cache-dir', {
      type: 'string',
      requiresArg: true,
      describe: 'folder of cached results',
      default: '/var/lib/cni',
    });
}

/** As {@link networkOptions}, for commands about one attachment. */
export function attachmentOptions(yargs: Argv<object>) {
  return networkOptions(yargs)
    .positional('network', { type: 'string', demandOption: true, describe: 'name of a configured network' })
    .positional('netns', {
      type: 'string',
      demandOption: true,
      coerce: netnsPath,
      describe: 'path of a network namespace, or its name in /run/netns',
    })
    .option('container-id', {
      type: 'string',
      requiresArg: true,
      describe: 'identifier of the container',
      defaultDescription: 'derived from NETNS, as cnitool does',
    })
    .option('ifname', {
      type: 'string',
      requiresArg: true,
      describe: 'interface inside the container (CNI_IFNAME)',
      default: process.env.CNI_IFNAME || 'eth0',
    })
    .option('args', {
      type: 'string',
      requiresArg: true,
      array: true,
      nargs: 1,
      coerce: parseArgs,
      describe: 'K=V for CNI_ARGS, may be given again (CNI_ARGS)',
    })
    .option('capability-args', {
      type: 'string',
      requiresArg: true,
      coerce: parseCapabilityArgs,
      describe: 'values for capabilities, a JSON object (CAP_ARGS)',
    });
}

/** CNI_PATH, or the folder that this executable is in and the usual ones. */
export function defaultPluginFolders(cniPath: string | undefined): string[] {
  if (cniPath) return cniPath.split(':').filter((folder) => folder !== '');
  const program = process.argv[1];
  return [...(program ? [dirname(realpathSync(program))] : []), '/opt/cni/bin', '/usr/lib/cni'];
}

/** A name without slash is one of `ip netns`. */
export function netnsPath(netns: string): string {
  if (netns === '') throw new UsageError('netns "": expected a path or a name');
  return netns.includes('/') ? resolve(netns) : `/run/netns/${netns}`;
}

/** cnitool's identifier for callers that have no container: equal for equal paths. */
export function defaultContainerId(netns: string): string {
  return `cnitool-${createHash('sha512').update(netns).digest('hex').slice(0, 20)}`;
}

/**
 * `K=V` pairs, several in one text being separated by `;`.
 * @throws UsageError naming the pair that is none
 */
export function parseArgs(texts: readonly string[] | undefined): [key: string, value: string][] | undefined {
  const given = texts ?? (process.env.CNI_ARGS ? [process.env.CNI_ARGS] : undefined);
  return given
    ?.flatMap((text) => text.split(';'))
    .map((pair) => {
      const at = pair.indexOf('=');
      if (at <= 0) throw new UsageError(`--args ${JSON.stringify(pair)}: expected K=V`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    });
}

/** @throws UsageError when it is not a JSON object */
export function parseCapabilityArgs(text: string | undefined): Record<string, unknown> | undefined {
  const given = text ?? process.env.CAP_ARGS;
  if (!given) return undefined;
  const expected = `--capability-args ${JSON.stringify(given)}: expected a JSON object`;
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch {
    throw new UsageError(expected);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError(expected);
  return value as Record<string, unknown>;
}
