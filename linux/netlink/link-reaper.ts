/**
 * Deletes links without stopping the event loop, and those that go together in one.
 *
 * RTM_DELLINK first takes the link from the namespace, out of its bridge, with addresses and routes (2 to 5 ms), tells the
 * group RTNLGRP_LINK, and lets go of the lock of all network configuration. Then send() stays in rcu_barrier() until all
 * CPUs have passed a quiescent state, before the memory is freed (net/core/dev.c netdev_run_todo(); 15 to 20 ms). So
 *
 * - a worker thread sends it;
 * - a link is gone when the kernel has told so: nobody finds it any more, its name is free, and nothing can bring it back;
 * - what is asked for meanwhile waits and goes together, as one link group.
 */
import { isPossibleLinkName } from '../address/link-name';
import type { Netns } from '../netns/netns';
import { noSuchLink } from '../rtnl/operation';
import { deletionOf, type LinkId } from './link-deletion';
import { RTNLGRP_LINK } from './link-message';
import { type Removal, RemovalBatch } from './removal-batch';
import { NETLINK_ROUTE, NetlinkSocket } from './socket';

/** Worker threads that deletions may occupy: half of libuv's pool, so that files and names are still served. */
const maxUnderWay = 2;
/** Each needs 40 bytes of the datagram and some kilobytes of the receive buffer. */
const maxTogether = 256;
/** Reapers with something to do, by the identity of their namespace. */
const reapers = new Map<string, LinkReaper>();

/**
 * Deletes a link of the socket's namespace.
 * @returns once the link is gone
 * @throws SyscallError ENODEV, EOPNOTSUPP for a link that cannot be deleted
 */
export async function reapLink(socket: NetlinkSocket, link: LinkId): Promise<void> {
  if (typeof link === 'string' && !isPossibleLinkName(link)) throw noSuchLink(deletionOf(link));
  const netns = socket.openNetns();
  const { identity } = netns;
  let reaper = reapers.get(identity);
  if (reaper) netns.close();
  else {
    reaper = new LinkReaper(netns, () => reapers.delete(identity));
    reapers.set(identity, reaper);
  }
  return reaper.remove(link);
}

class LinkReaper {
  readonly #netns: Netns;
  readonly #onIdle: () => void;
  #waiting: Removal[] = [];
  /** Batches that have not left the kernel. */
  #underWay = 0;
  /** Whether a batch has links that are still there: the next would only queue for the same lock. */
  #unlinking = false;

  constructor(netns: Netns, onIdle: () => void) {
    this.#netns = netns;
    this.#onIdle = onIdle;
  }

  remove(link: LinkId): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle: Removal['settle'] = (outcome) => (outcome === 'deleted' ? resolve() : reject(outcome));
      this.#waiting.push({ link, settle });
      // Whatever else is asked for in this turn of the event loop goes along.
      setImmediate(() => this.#next());
    });
  }

  #next(): void {
    if (this.#waiting.length === 0 || this.#unlinking || this.#underWay === maxUnderWay) return;
    this.#unlinking = true;
    this.#underWay += 1;
    void this.#reap(this.#waiting.splice(0, maxTogether)).finally(() => {
      this.#underWay -= 1;
      this.#next();
      if (this.#underWay > 0 || this.#waiting.length > 0) return;
      this.#onIdle();
      this.#netns.close();
    });
  }

  /** Never rejects. */
  async #reap(removals: readonly Removal[]): Promise<void> {
    const batch = new RemovalBatch(removals, () => {
      this.#unlinking = false;
      this.#next();
    });
    try {
      using notices = this.#netns.run(() => NetlinkSocket.open(NETLINK_ROUTE, RTNLGRP_LINK));
      using sender = this.#netns.run(() => NetlinkSocket.open());
      await batch.send(sender, notices);
    } catch (error) {
      batch.fail(error as Error);
    }
  }
}
