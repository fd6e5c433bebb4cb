/** What each command makes of `prevResult`. */
import { findKey, type RawConfig } from './config';
import { CniError, ErrorCode } from './errors';
import type { Plugin } from './plugin';
import type { Result } from './result';
import { parseResult } from './result-conversion';

/**
 * For ADD.
 * @throws CniError 7 when it cannot be read, or is absent where the plugin only works behind another
 */
export function readAddPrevResult(config: RawConfig, plugin: Plugin): Result | undefined {
  const result = parsePrevResult(config);
  if (result === undefined && plugin.chained !== undefined)
    throw new CniError(ErrorCode.invalidConfig, plugin.chained);
  return result;
}

/** For DEL, which must go on whatever the runtime still remembers: what cannot be read is absent. */
export function findDelPrevResult(config: RawConfig): Result | undefined {
  try {
    return parsePrevResult(config);
  } catch {
    return undefined;
  }
}

/** For CHECK. @throws CniError 7 when it cannot be read or is absent */
export function getCheckPrevResult(config: RawConfig, plugin: Plugin): Result {
  const result = parsePrevResult(config);
  if (result !== undefined) return result;
  if (plugin.checksWithoutPrevResult) return {};
  throw new CniError(ErrorCode.invalidConfig, 'Required prevResult missing');
}

function parsePrevResult(config: RawConfig): Result | undefined {
  const raw = findKey(config.object, 'prevResult');
  if (raw === undefined) return undefined;
  try {
    return parseResult(raw, config.cniVersion, 'prevResult');
  } catch (error) {
    throw new CniError(ErrorCode.invalidConfig, `could not parse prevResult: ${(error as CniError).message}`);
  }
}
