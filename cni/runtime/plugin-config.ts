/** The configuration that one plugin of a list is called with (SPEC.md, section 3, "Deriving request configuration"). */
import type { JsonObject } from '../config';
import type { Attachment } from '../plugin';
import type { WireResult } from '../result-conversion';
import type { Conflist, PluginConfig } from './conflist';

/** What the runtime knows at the time of the call; what is absent stays out of the configuration. */
export interface RequestContext {
  prevResult?: WireResult | undefined;
  /** Values for capabilities, by their names; a plugin gets those that it declares. */
  capabilityArgs?: JsonObject | undefined;
  /** GC: the attachments to keep. */
  validAttachments?: readonly Attachment[] | undefined;
}

/** Keys as given by the user, without `capabilities`, which says something to the runtime only. */
export function derivePluginConfig(
  list: Conflist,
  plugin: PluginConfig,
  context: RequestContext,
): JsonObject {
  const { capabilities = {}, ...own } = plugin;
  const runtimeConfig = selectCapabilities(capabilities, context.capabilityArgs ?? {});
  return {
    ...own,
    name: list.name,
    cniVersion: list.cniVersion,
    ...(runtimeConfig && { runtimeConfig }),
    ...(context.prevResult && { prevResult: context.prevResult }),
    ...(context.validAttachments && describeValid(context.validAttachments)),
  };
}

/** Undefined when nothing is left: plugins take an empty object for a request. */
function selectCapabilities(
  declared: Readonly<Record<string, boolean>>,
  values: JsonObject,
): JsonObject | undefined {
  const granted = Object.entries(values).filter(
    ([name]) => Object.hasOwn(declared, name) && declared[name] === true,
  );
  return granted.length > 0 ? Object.fromEntries(granted) : undefined;
}

/** Under the specified key, and under the one that plugins built with the first libcni of 1.1.0 read. */
function describeValid(attachments: readonly Attachment[]): JsonObject {
  const list = attachments.map(({ containerId, ifName }) => ({ containerID: containerId, ifname: ifName }));
  return { 'cni.dev/valid-attachments': list, 'cni.dev/attachments': list };
}
