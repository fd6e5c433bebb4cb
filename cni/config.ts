/** Standard input of one call: JSON, network name and version, in the order in which mistakes are reported. */
import { CniError, ErrorCode } from './errors';
import { quote, verifyNetworkName } from './identifiers';
import { allVersions, defaultVersion, newestVersion } from './versions';

/** A JSON object as it came. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A decoded configuration that has a valid name and a version string, the rest still unexamined. */
export interface RawConfig {
  object: JsonObject;
  name: string;
  cniVersion: string;
}

/**
 * Decodes a configuration.
 * @throws CniError 6 when it is not a JSON object, or name or version is not a string; 7 for a missing or invalid name
 */
export function decodeConfig(stdin: string): RawConfig {
  const object = decodeObject(stdin);
  const name = findString(object, 'name') ?? '';
  verifyNetworkName(name);
  const cniVersion = findString(object, 'cniVersion') || defaultVersion;
  return { object, name, cniVersion };
}

/**
 * The version that an answer carries: the input's when it is a published one, else the newest. Never throws.
 * @param absent what an object without `cniVersion` means
 */
export function getAnswerVersion(stdin: string, absent: string = defaultVersion): string {
  try {
    const version = findString(decodeObject(stdin), 'cniVersion') || absent;
    return allVersions.includes(version) ? version : newestVersion;
  } catch {
    return newestVersion;
  }
}

/** The value of a key spelt in any case, the last one winning and null being absent, as Go's decoder has it. */
export function findKey(object: JsonObject, key: string): unknown {
  const wanted = key.toLowerCase();
  return Object.entries(object).findLast(
    ([name, value]) => value !== null && name.toLowerCase() === wanted,
  )?.[1];
}

function decodeObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CniError(
      ErrorCode.decodingFailure,
      'error unmarshall network config: not valid JSON',
      quote((error as Error).message),
    );
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new CniError(
      ErrorCode.decodingFailure,
      `error unmarshall network config: expected a JSON object, got ${quote(value)}`,
    );
  return value as JsonObject;
}

function findString(object: JsonObject, key: string): string | undefined {
  const value = findKey(object, key);
  if (value === undefined || typeof value === 'string') return value;
  throw new CniError(
    ErrorCode.decodingFailure,
    `${decoding(key)} network config: ${key} ${quote(value)}: expected string`,
  );
}

/** In the words of the reference library, which logs are searched for. */
const decoding = (key: string) => (key === 'cniVersion' ? 'decoding version from' : 'error unmarshall');
