/** The requests that delete links, and what their replies mean for each link. Pure. */
import type { SyscallError } from '../errors';
import { hasCode } from '../errors';
import { u32 } from './attribute';
import { IFLA_GROUP, ifinfo, RTM_DELLINK, RTM_SETLINK } from './link-message';
import { linkSelector } from './link-selector';
import type { Reply } from './replies';
import type { Request } from './request';

/** A link by its index, its name, or one of its alternative names. */
export type LinkId = number | string;

export function deletionOf(link: LinkId): string {
  return `delete link ${JSON.stringify(link)}`;
}

/** Deletes one link. */
export function deletionRequest(link: LinkId): Request {
  return { operation: deletionOf(link), type: RTM_DELLINK, body: Buffer.concat(linkSelector(link)) };
}

/**
 * Deletes several links as one: each deletion waits for all CPUs (20 ms), a group's as long as a single link's. The links
 * become a group in the datagram that deletes it, so that no crash leaves them there.
 * @param group a number that no other link of the host has
 */
export function groupDeletionRequests(links: readonly LinkId[], group: number): Request[] {
  const join = (link: LinkId): Request => ({
    operation: deletionOf(link),
    type: RTM_SETLINK,
    body: Buffer.concat([...linkSelector(link), u32(IFLA_GROUP, group)]),
  });
  const body = Buffer.concat([ifinfo({}), u32(IFLA_GROUP, group)]);
  return [...links.map(join), { operation: `delete link group ${group}`, type: RTM_DELLINK, body }];
}

/** What became of each link, in order: `retry` where the group could not be deleted, which tells nothing of the single link. */
export type Outcome = 'deleted' | 'retry' | SyscallError;

/** @param replies to {@link groupDeletionRequests} */
export function groupOutcomes(replies: readonly Reply[]): Outcome[] {
  const { error: groupError } = replies.at(-1)!;
  return replies.slice(0, -1).map(({ error }) => {
    // A link that could not join may be as deletable as ever; only an absent one is certain.
    if (error) return hasCode(error, 'ENODEV') ? error : 'retry';
    return groupError ? 'retry' : 'deleted';
  });
}
