/**
 * One attachment as libcni keeps it for CHECK and DEL: JSON of kind `cniCacheV1`. Before libcni 0.8 the file held the bare
 * result.
 */
import * as v from 'valibot';
import { CniError, ErrorCode } from '../errors';
import { quote } from '../identifiers';
import { validate } from '../validate';

export interface AttachmentKey {
  networkName: string;
  containerId: string;
  ifName: string;
}

export interface CachedAttachment extends AttachmentKey {
  netns: string;
  /** The network's configuration at the time of ADD, as JSON text; empty in caches of the oldest format. */
  config: string;
  cniArgs: readonly (readonly [key: string, value: string])[];
  capabilityArgs: Readonly<Record<string, unknown>>;
  /** The final result in the version that it was given in. */
  result: Readonly<Record<string, unknown>>;
}

const kind = 'cniCacheV1';
/** To valibot's record an array is one, and it drops keys such as `constructor`. */
const object = v.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected a JSON object',
);

const schema = v.object({
  containerId: v.string(),
  ifName: v.string(),
  networkName: v.string(),
  netns: v.optional(v.string(), ''),
  config: v.optional(v.string(), ''),
  cniArgs: v.optional(v.array(v.tuple([v.string(), v.string()])), []),
  capabilityArgs: v.optional(object, {}),
  result: v.optional(object, {}),
});

/** The file's text as libcni writes it: empty values left out, the configuration in base64. */
export function formatCache(attachment: CachedAttachment): string {
  const { containerId, ifName, networkName, netns, cniArgs, capabilityArgs, result } = attachment;
  return JSON.stringify({
    kind,
    containerId,
    config: Buffer.from(attachment.config).toString('base64'),
    ifName,
    networkName,
    ...(netns !== '' && { netns }),
    ...(cniArgs.length > 0 && { cniArgs }),
    ...(Object.keys(capabilityArgs).length > 0 && { capabilityArgs }),
    result,
  });
}

/**
 * Reads either format.
 * @param key whose file it is: the old format does not say
 * @throws CniError 7
 */
export function parseCache(text: string, key: AttachmentKey): CachedAttachment {
  const value = parseJson(text);
  if (value.kind === kind) return { ...parseCurrentCache(text), ...pick(key) };
  return { ...pick(key), netns: '', config: '', cniArgs: [], capabilityArgs: {}, result: value };
}

/** As {@link parseCache}, for a file that must tell itself what it is of. @throws CniError 7 */
export function parseCurrentCache(text: string): CachedAttachment {
  const value = parseJson(text);
  if (value.kind !== kind)
    throw new CniError(
      ErrorCode.invalidConfig,
      `parse cached result: kind ${quote(value.kind)}: expected "${kind}"`,
    );
  const cached = validate(schema, value, 'cached result');
  return { ...cached, config: Buffer.from(cached.config, 'base64').toString('utf8') };
}

function pick({ networkName, containerId, ifName }: AttachmentKey): AttachmentKey {
  return { networkName, containerId, ifName };
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CniError(ErrorCode.invalidConfig, 'parse cached result: not valid JSON');
  }
  return validate(object, value, 'cached result');
}
