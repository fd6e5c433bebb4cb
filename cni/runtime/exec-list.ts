/** Running the plugins of a list one after another, each with the configuration derived for it. */
import type { JsonObject } from '../config';
import type { Command } from '../environment';
import { formatResult, parseResult, type WireResult } from '../result-conversion';
import type { Conflist } from './conflist';
import { type AttachmentVariables, execPlugin, execPluginAdd, type PluginRunner } from './exec-plugin';
import { derivePluginConfig, type RequestContext } from './plugin-config';

/** One command for a whole list. */
export interface ListCall {
  list: Conflist;
  variables: AttachmentVariables;
  context: RequestContext;
}

/** For GC and STATUS, which are about no attachment. */
export const noAttachment: AttachmentVariables = { containerId: '', netns: '', ifName: '', cniArgs: '' };

/**
 * ADD, in order, each result being the next plugin's `prevResult`. The first failure ends it.
 * @returns the last plugin's result, in the list's version
 */
export async function execAdd(
  runner: PluginRunner,
  { list, variables, context }: ListCall,
): Promise<WireResult> {
  let prevResult = context.prevResult;
  for (const plugin of list.plugins) {
    const config = derivePluginConfig(list, plugin, { ...context, prevResult });
    const raw = await execPluginAdd(runner, { command: 'ADD', type: plugin.type, config, variables });
    prevResult = toVersion(raw, list.cniVersion, `result of plugin "${plugin.type}"`);
  }
  return prevResult!;
}

/** Any other command. Plugins run in the order of `plugins`; the first failure ends it. */
export async function execInTurn(
  runner: PluginRunner,
  command: Command,
  { list, variables, context }: ListCall,
): Promise<void> {
  for (const plugin of list.plugins) {
    const config = derivePluginConfig(list, plugin, context);
    await execPlugin(runner, { command, type: plugin.type, config, variables });
  }
}

/** As {@link execInTurn}, but every plugin runs. @returns the errors of those that failed */
export async function execAll(runner: PluginRunner, command: Command, call: ListCall): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (const plugin of call.list.plugins) {
    try {
      const config = derivePluginConfig(call.list, plugin, call.context);
      await execPlugin(runner, { command, type: plugin.type, config, variables: call.variables });
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

/** The list backwards, as DEL wants it. */
export function reversed(list: Conflist): Conflist {
  return { ...list, plugins: list.plugins.toReversed() };
}

/**
 * A result in the version wanted; one that is there already stays as it is.
 * @throws CniError 1 or 7 when it is no result of its version
 */
export function toVersion(raw: JsonObject, version: string, subject: string): WireResult {
  const result = parseResult(raw, version, subject);
  return raw.cniVersion === version ? (raw as WireResult) : formatResult(result, version, result);
}
