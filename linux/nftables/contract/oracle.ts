/** What nft makes of a namespace's ruleset: the judge between implementations. */
import { runSync } from '../../command';
import { createNetns, type Netns, removeNetns } from '../../netns/netns';
import type { Change } from '../model';
import { openers } from './fixture';

/** Both listings of nft, handles aside: they count what was there before. */
export function listRuleset(netns: Netns): { text: string; json: unknown[] } {
  return netns.run(() => {
    const { nftables } = JSON.parse(runSync(['nft', '-j', 'list', 'ruleset']), (key, value) =>
      key === 'handle' ? undefined : value,
    );
    return { text: runSync(['nft', 'list', 'ruleset']), json: nftables };
  });
}

/** Commits the same in a fresh namespace by each implementation, and gives what `look` finds in each, by the name of who committed. */
export async function commitWithEach<Seen>(
  changes: readonly Change[],
  look: (netns: Netns) => Seen | Promise<Seen>,
): Promise<Record<string, Seen>> {
  const seen: Record<string, Seen> = {};
  for (const [name, open] of Object.entries(openers)) {
    const path = `/run/netns/oracle-${name}`;
    using netns = createNetns(path);
    try {
      using nftables = open(netns);
      await nftables.commit(changes);
      seen[name] = await look(netns);
    } finally {
      removeNetns(path);
    }
  }
  return seen;
}
