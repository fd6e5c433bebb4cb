/** `cni.dev/valid-attachments`: what GC must keep (SPEC.md, section 2, "GC"). */
import * as v from 'valibot';
import type { JsonObject } from './config';
import { CniError, ErrorCode } from './errors';
import type { Attachment } from './plugin';
import { validate } from './validate';

const keys = ['cni.dev/valid-attachments', 'cni.dev/attachments'];

const schema = v.object({
  attachments: v.optional(v.array(v.object({ containerID: v.string(), ifname: v.string() })), []),
});

/**
 * The attachments that GC keeps; `null` keeps none. libcni also sends them under an older, misnamed key.
 * @throws CniError 7 when neither key is there: keeping nothing would then be a guess, and a destructive one
 */
export function getValidAttachments(config: JsonObject): Attachment[] {
  const found = keys
    .map((key) => Object.entries(config).find(([name]) => name.toLowerCase() === key))
    .find((entry) => entry !== undefined);
  if (found === undefined)
    throw new CniError(ErrorCode.invalidConfig, `missing ${keys[0]}: expected a list of attachments`);
  const { attachments } = validate(schema, { attachments: found[1] }, found[0]);
  return attachments.map(({ containerID, ifname }) => ({ containerId: containerID, ifName: ifname }));
}
