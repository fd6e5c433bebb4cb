/** Links that are deleted together, and those who wait for each. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SyscallError } from '../errors';
import { listDeletedLinks } from './link';
import {
  deletionRequest,
  groupDeletionRequests,
  groupOutcomes,
  type LinkId,
  type Outcome,
} from './link-deletion';
import type { NetlinkSocket } from './socket';

/** A link that somebody waits for to be gone. */
export interface Removal {
  link: LinkId;
  settle(outcome: 'deleted' | Error): void;
}

/** Milliseconds between looks at the notifications. */
const pause = 1;

export class RemovalBatch {
  readonly #left = new Map<LinkId, Removal[]>();
  readonly #onSettled: () => void;

  /** @param onSettled is called once nobody waits any more, which is before the kernel has finished */
  constructor(removals: readonly Removal[], onSettled: () => void) {
    for (const removal of removals)
      this.#left.set(removal.link, [...(this.#left.get(removal.link) ?? []), removal]);
    this.#onSettled = onSettled;
  }

  /**
   * @param sender for the requests alone, so that their replies cannot be lost
   * @param notices a member of RTNLGRP_LINK
   * @returns when the kernel has finished
   */
  async send(sender: NetlinkSocket, notices: NetlinkSocket): Promise<void> {
    let finished = false;
    const watch = async () => {
      for (; !finished && this.#left.size > 0; await sleep(pause))
        for (const { index, name, altNames } of listDeletedLinks(notices))
          for (const link of [index, name, ...altNames]) this.#settle(link, 'deleted');
    };
    const watching = watch();
    try {
      await this.#delete(sender);
    } finally {
      finished = true;
      await watching;
    }
  }

  async #delete(sender: NetlinkSocket): Promise<void> {
    const links = [...this.#left.keys()];
    const outcomes = links.length > 1 ? await deleteAsGroup(sender, links) : new Map<LinkId, Outcome>();
    const single = links.filter((link) => (outcomes.get(link) ?? 'retry') === 'retry');
    const replies = await sender.exchangeAside(single.map(deletionRequest));
    for (const [at, { error }] of replies.entries()) outcomes.set(single[at]!, error ?? 'deleted');
    for (const [link, outcome] of outcomes) this.#settle(link, outcome as 'deleted' | SyscallError);
  }

  /** Whoever still waits gets the error. */
  fail(error: Error): void {
    for (const link of [...this.#left.keys()]) this.#settle(link, error);
  }

  #settle(link: LinkId, outcome: 'deleted' | Error): void {
    const waiting = this.#left.get(link);
    if (!waiting) return;
    this.#left.delete(link);
    for (const removal of waiting) removal.settle(outcome);
    if (this.#left.size === 0) this.#onSettled();
  }
}

async function deleteAsGroup(sender: NetlinkSocket, links: LinkId[]): Promise<Map<LinkId, Outcome>> {
  const replies = await sender.exchangeAside(groupDeletionRequests(links, privateGroup()));
  return new Map(groupOutcomes(replies).map((outcome, at) => [links[at]!, outcome]));
}

/**
 * Groups are numbers that administrators choose, small ones (`/etc/iproute2/group`). One of two thousand million others,
 * and for the microseconds of one datagram only, meets nobody's; by chance alone, so without `node:crypto`, which takes 4 ms to load.
 */
function privateGroup(): number {
  return (Math.floor(Math.random() * 0x80000000) | 0x80000000) >>> 0;
}
