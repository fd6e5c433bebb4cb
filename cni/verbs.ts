/** One function per command: from a decoded call to what goes on standard output. */
import { getValidAttachments } from './attachments';
import { parseCniArgs } from './cni-args';
import type { RawConfig } from './config';
import type { Command, Environment } from './environment';
import { CniError, ErrorCode, withLaterErrors } from './errors';
import type { Interruption } from './interruption';
import { toJsonText } from './json-text';
import type { Args, Call, Ipam, Plugin } from './plugin';
import { findDelPrevResult, getCheckPrevResult, readAddPrevResult } from './prev-result';
import { formatResult } from './result-conversion';
import { Rollback } from './rollback';
import { validate } from './validate';

/** A call whose environment, name and version are valid; its configuration is not examined yet. */
export interface DecodedCall {
  plugin: Plugin;
  environment: Environment;
  config: RawConfig;
  ipam: Ipam;
  /** Ends an ADD early, with its rollback. */
  signal: Interruption | undefined;
}

type Verb = (call: DecodedCall) => Promise<string>;

/** Every command but VERSION, which has no configuration. Each gives the text for standard output. */
export const verbs: Readonly<Record<Exclude<Command, 'VERSION'>, Verb>> = {
  ADD: add,
  DEL: silent((decoded) =>
    decoded.plugin.del({
      ...common(decoded),
      args: lenientArgs(decoded),
      prevResult: findDelPrevResult(decoded.config),
    }),
  ),
  CHECK: silent((decoded) =>
    decoded.plugin.check({
      ...common(decoded),
      args: args(decoded),
      prevResult: getCheckPrevResult(decoded.config, decoded.plugin),
    }),
  ),
  GC: silent((decoded) =>
    decoded.plugin.gc({ ...common(decoded), valid: getValidAttachments(decoded.config.object) }),
  ),
  STATUS: silent((decoded) => decoded.plugin.status(common(decoded))),
};

/** The result is turned into text before the rollback is dropped: 0.2.0 cannot express every result. */
async function add(decoded: DecodedCall): Promise<string> {
  const prevResult = readAddPrevResult(decoded.config, decoded.plugin);
  const call = { ...common(decoded), args: args(decoded), prevResult };
  const rollback = new Rollback();
  try {
    const result = await untilAborted(decoded.plugin.add({ ...call, rollback }), decoded.signal);
    return toJsonText(formatResult(result, call.cniVersion, prevResult));
  } catch (error) {
    throw withLaterErrors(error, await rollback.run());
  }
}

/** @throws CniError 11 as soon as `signal` fires */
async function untilAborted<T>(work: T | Promise<T>, signal: Interruption | undefined): Promise<T> {
  if (!signal) return work;
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(new CniError(ErrorCode.tryAgainLater, `ADD interrupted: ${signal.reason}`));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  return Promise.race([work, aborted]);
}

function silent(run: (decoded: DecodedCall) => void | Promise<void>): Verb {
  return async (decoded) => {
    await run(decoded);
    return '';
  };
}

function common({ plugin, config, ipam }: DecodedCall): Call<unknown> {
  const conf = validate(plugin.conf, config.object, 'config');
  return { conf, network: config.name, cniVersion: config.cniVersion, ipam };
}

function args({ plugin, environment }: DecodedCall): Args {
  const { containerId, netns, ifName, path } = environment;
  const cniArgs = plugin.cniArgs
    ? parseCniArgs(environment.cniArgs, plugin.cniArgs)
    : new Map<string, string>();
  return { containerId, netns, ifName, path, cniArgs };
}

/** An ADD refused for its CNI_ARGS is followed by a DEL with the same ones, which must succeed. */
function lenientArgs(decoded: DecodedCall): Args {
  try {
    return args(decoded);
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    const { containerId, netns, ifName, path } = decoded.environment;
    return { containerId, netns, ifName, path, cniArgs: new Map() };
  }
}
