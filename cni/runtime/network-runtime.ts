/**
 * The runtime's side of the protocol (SPEC.md, section 3): attaching containers to networks and detaching them, with the
 * results cached between. What every container needs of its runtime is here; network-gc.ts is about networks as a whole.
 */
import type { JsonObject } from '../config';
import { CniError, ErrorCode, withLaterErrors } from '../errors';
import { getExecutable } from '../find-executable';
import { quote, verifyContainerId, verifyIfName } from '../identifiers';
import type { WireResult } from '../result-conversion';
import { atLeast } from '../versions';
import type { Conflist } from './conflist';
import { execAdd, execAll, execInTurn, type ListCall, reversed, toVersion } from './exec-list';
import type { AttachmentVariables, PluginRunner } from './exec-plugin';
import type { AttachmentKey, CachedAttachment, ResultCache } from './result-cache';

export interface NetworkRuntime extends PluginRunner {
  cache: ResultCache;
}

/** One interface of one container, and what its plugins are told. */
export interface AttachmentRequest {
  containerId: string;
  /** Path of the namespace; DEL may have none left: empty. */
  netns: string;
  ifName: string;
  /** CNI_ARGS. DEL and CHECK take those of the ADD when absent. */
  cniArgs?: readonly (readonly [key: string, value: string])[] | undefined;
  /** Values for capabilities, by name. DEL and CHECK take those of the ADD when absent. */
  capabilityArgs?: JsonObject | undefined;
}

/**
 * Attaches a container. When a plugin fails, DEL has been run through the whole list, and nothing is cached.
 * @returns the result, in the network's version
 * @throws CniError the first plugin's that failed; 4 when an identifier is invalid or the interface is attached already;
 *   7 when a plugin of the list is missing, before any has run
 */
export async function addNetwork(
  runtime: NetworkRuntime,
  list: Conflist,
  request: AttachmentRequest,
): Promise<WireResult> {
  verifyRequest(request);
  verifyUnused(runtime, request);
  for (const { type } of list.plugins) getExecutable(type, runtime.path);
  const call = listCall(list, request, undefined);
  try {
    const result = await execAdd(runtime, call);
    runtime.cache.write(cacheEntry(list, request, result));
    return result;
  } catch (error) {
    throw withLaterErrors(error, await execAll(runtime, 'DEL', { ...call, list: reversed(list) }));
  }
}

/**
 * Detaches a container: plugins in reverse order, the first failure ends it. Never attached or detached before is fine.
 * @throws CniError a plugin's; 4 when an identifier is invalid
 */
export async function delNetwork(
  runtime: NetworkRuntime,
  list: Conflist,
  request: AttachmentRequest,
): Promise<void> {
  verifyRequest(request);
  const key = keyOf(list, request);
  const cached = findReadable(() => runtime.cache.find(key));
  const prevResult = findReadable(() => cached && prevResultFor(list, cached));
  await execInTurn(runtime, 'DEL', listCall(reversed(list), withCached(request, cached), prevResult));
  runtime.cache.remove(key);
}

/**
 * Has each plugin compare the attachment with its cached result, in order up to the first failure. A network with
 * `disableCheck` succeeds without a plugin being run.
 * @throws CniError a plugin's; 1 when the network's version has no CHECK; 3 when the container is not attached
 */
export async function checkNetwork(
  runtime: NetworkRuntime,
  list: Conflist,
  request: AttachmentRequest,
): Promise<void> {
  verifyRequest(request);
  if (!atLeast(list.cniVersion, '0.4.0'))
    throw new CniError(
      ErrorCode.incompatibleVersion,
      `check network "${list.name}": configuration version "${list.cniVersion}" does not support the CHECK command`,
    );
  if (list.disableCheck) return;
  const cached = runtime.cache.find(keyOf(list, request));
  if (cached === undefined)
    throw new CniError(
      ErrorCode.unknownContainer,
      `check network "${list.name}": container "${request.containerId}" is not attached by "${request.ifName}"`,
    );
  const call = listCall(list, withCached(request, cached), prevResultFor(list, cached));
  await execInTurn(runtime, 'CHECK', call);
}

function verifyRequest({ containerId, ifName }: AttachmentRequest): void {
  verifyContainerId(containerId);
  verifyIfName(ifName);
}

/** Without this a second ADD would fail, and the DEL after it would take away what the first one made. */
function verifyUnused({ cache }: NetworkRuntime, { containerId, ifName }: AttachmentRequest): void {
  const holder = cache
    .list()
    .find((attachment) => attachment.containerId === containerId && attachment.ifName === ifName);
  if (holder)
    throw new CniError(
      ErrorCode.invalidEnvironment,
      `attach container ${quote(containerId)}: interface ${quote(ifName)} is attached to network ${quote(holder.networkName)} already`,
      'detach it first',
    );
}

function listCall(list: Conflist, request: AttachmentRequest, prevResult: WireResult | undefined): ListCall {
  return {
    list,
    variables: variablesOf(request),
    context: { prevResult, capabilityArgs: request.capabilityArgs },
  };
}

function variablesOf({ containerId, netns, ifName, cniArgs = [] }: AttachmentRequest): AttachmentVariables {
  return { containerId, netns, ifName, cniArgs: cniArgs.map((pair) => pair.join('=')).join(';') };
}

/** DEL and CHECK get what the ADD got (SPEC.md, section 3), unless the caller knows better. */
function withCached(request: AttachmentRequest, cached: CachedAttachment | undefined): AttachmentRequest {
  return {
    ...request,
    netns: request.netns || cached?.netns || '',
    cniArgs: request.cniArgs ?? cached?.cniArgs,
    capabilityArgs: request.capabilityArgs ?? cached?.capabilityArgs,
  };
}

/** Versions before 0.4.0 know no `prevResult` in DEL. */
function prevResultFor(list: Conflist, { result }: CachedAttachment): WireResult | undefined {
  if (!atLeast(list.cniVersion, '0.4.0')) return undefined;
  return toVersion(result, list.cniVersion, 'cached result');
}

/** A cache that cannot be read must not keep a container attached for ever: DEL goes on as if there were none. */
function findReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function keyOf(list: Conflist, { containerId, ifName }: AttachmentRequest): AttachmentKey {
  return { networkName: list.name, containerId, ifName };
}

function cacheEntry(list: Conflist, request: AttachmentRequest, result: WireResult): CachedAttachment {
  const { netns, cniArgs = [], capabilityArgs = {} } = request;
  return { ...keyOf(list, request), netns, config: list.text, cniArgs, capabilityArgs, result };
}
