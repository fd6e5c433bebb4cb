/** A network: a configuration list, read and checked (SPEC.md, section 1). Running it is network-runtime.ts. */
import { decodeConfig, findKey, type JsonObject } from '../config';
import { CniError, ErrorCode } from '../errors';
import { validate } from '../validate';
import { defaultVersion } from '../versions';
import { chooseVersion, conflistSchema, type PluginConfig, pluginsSchema } from './conflist-schema';

export type { PluginConfig } from './conflist-schema';

export interface Conflist {
  name: string;
  /** The version that every plugin of the list is called with. */
  cniVersion: string;
  disableCheck: boolean;
  disableGc: boolean;
  /** In order of execution. Keys that the protocol does not know are as the user wrote them. */
  plugins: readonly PluginConfig[];
  /** The list as JSON text, as the result cache keeps it. */
  text: string;
}

/** A list whose plugins may also lie in a folder beside it. */
export interface ParsedConflist extends Conflist {
  /** Plugins in `<folder>/<name>/*.conf` belong to the list, too. */
  loadsFolder: boolean;
}

/**
 * Reads a list. Its plugins may be none as long as it loads some from a folder; {@link verifyPlugins} is for after that.
 * @throws CniError 6 when it is not a JSON object, 7 for what is wrong in it
 */
export function parseConflist(text: string): ParsedConflist {
  const { object, name } = decodeConfig(text);
  const conf = validate(conflistSchema, object, 'network config');
  if (conf.loadOnlyInlinedPlugins && conf.plugins === undefined)
    throw new CniError(
      ErrorCode.invalidConfig,
      'failed to parse network config: missing plugins: loadOnlyInlinedPlugins is true',
    );
  return {
    name,
    cniVersion: chooseVersion(conf.cniVersion || defaultVersion, conf.cniVersions),
    disableCheck: conf.disableCheck,
    disableGc: conf.disableGC,
    plugins: conf.plugins ?? [],
    loadsFolder: !conf.loadOnlyInlinedPlugins,
    text,
  };
}

/**
 * Reads the configuration of a single plugin, the form that lists replaced in 1.0.0, as a list of one.
 * @throws CniError 6 or 7, as {@link parseConflist}
 */
export function parseSingleConf(text: string): ParsedConflist {
  const { object, name, cniVersion } = decodeConfig(text);
  const list = { cniVersion, name, plugins: [object] };
  return { ...parseConflist(JSON.stringify(list)), loadsFolder: false };
}

/** Reads either form, told apart by the key `plugins`. */
export function parseNetwork(text: string): ParsedConflist {
  const { object } = decodeConfig(text);
  const isSingle = findKey(object, 'plugins') === undefined && findKey(object, 'type') !== undefined;
  return isSingle ? parseSingleConf(text) : parseConflist(text);
}

/** Reads one plugin of a list's folder. @throws CniError 6 or 7 */
export function parseFolderPlugin(text: string): PluginConfig {
  let object: JsonObject;
  try {
    object = JSON.parse(text) as JsonObject;
  } catch (error) {
    throw new CniError(
      ErrorCode.decodingFailure,
      'decode plugin config: not valid JSON',
      (error as Error).message,
    );
  }
  return validate(pluginsSchema, { plugins: [object] }, 'plugin config').plugins[0]!;
}

/** @throws CniError 7 when the list has no plugin at all */
export function verifyPlugins({ plugins }: Conflist): void {
  if (plugins.length === 0) throw new CniError(ErrorCode.invalidConfig, 'no plugin configs found');
}
