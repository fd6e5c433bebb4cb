/** Commands about a whole network: GC and STATUS, which came with 1.1.0 (SPEC.md, section 3). */

import { CniError, toCniError } from '../errors';
import type { Attachment } from '../plugin';
import { atLeast } from '../versions';
import type { Conflist } from './conflist';
import { execAll, execInTurn, noAttachment } from './exec-list';
import { delNetwork, type NetworkRuntime } from './network-runtime';
import type { CachedAttachment } from './result-cache';

/**
 * Removes what does not belong to an attachment in `valid`: first DEL of those that the cache knows, then GC of every
 * plugin. Goes on after failures. A network with `disableGC` is left alone; one before 1.1.0 only gets the DELs.
 * @returns the attachments that were deleted
 * @throws CniError with the first failure's code, all of them told
 */
export async function gcNetwork(
  runtime: NetworkRuntime,
  list: Conflist,
  valid: readonly Attachment[],
): Promise<CachedAttachment[]> {
  if (list.disableGc) return [];
  const stale = listStale(runtime, list, valid);
  const errors = await deleteAll(runtime, list, stale);
  if (atLeast(list.cniVersion, '1.1.0')) {
    const call = { list, variables: noAttachment, context: { validAttachments: valid } };
    errors.push(...(await execAll(runtime, 'GC', call)));
  }
  if (errors.length > 0) throw joined(list, errors);
  return stale;
}

/**
 * Whether the network can take attachments now, by the word of its plugins.
 * @returns false when the network's version has no STATUS, so that nobody was asked
 * @throws CniError the first plugin's that is not ready: 50, 51
 */
export async function statusNetwork(runtime: NetworkRuntime, list: Conflist): Promise<boolean> {
  if (!atLeast(list.cniVersion, '1.1.0')) return false;
  await execInTurn(runtime, 'STATUS', { list, variables: noAttachment, context: {} });
  return true;
}

/** The cached attachments of this network that are not valid any more. */
export function listStale(
  { cache }: Pick<NetworkRuntime, 'cache'>,
  { name }: Pick<Conflist, 'name'>,
  valid: readonly Attachment[],
): CachedAttachment[] {
  const isValid = ({ containerId, ifName }: Attachment) =>
    valid.some((kept) => kept.containerId === containerId && kept.ifName === ifName);
  return cache.list().filter((attachment) => attachment.networkName === name && !isValid(attachment));
}

async function deleteAll(
  runtime: NetworkRuntime,
  list: Conflist,
  attachments: readonly CachedAttachment[],
): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (const attachment of attachments) {
    try {
      await delNetwork(runtime, list, attachment);
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

function joined(list: Conflist, errors: readonly unknown[]): CniError {
  const all = errors.map(toCniError);
  const told = all.map(({ message, details }) => (details ? `${message}: ${details}` : message));
  return new CniError(all[0]!.code, `collect garbage of network "${list.name}": ${told.join('; ')}`);
}
