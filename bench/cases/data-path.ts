/** TCP through the bridge and through a published port, beside other published ports. */
import type { Case } from '../model';
import { openPaths } from '../traffic/paths';
import { measure, works } from '../traffic/works';

/** Ports that are published in all, the measured one being the last. */
const totals = [1, 1_000, 5_000];

export const dataPath: Case = {
  name: 'data-path',
  title: 'Data path',
  method:
    "TCP from one container to another on its bridge, and from outside of the host to a published port. Each of the other ports belongs to a container of its own and was published before. First packet: the median time of connect() over 1,000 connections one after the other; a connection is opened, asked, answered and closed. The rules of other containers are put up by repeating those of one, in the maker's layout; on nftables by one ADD.",
  works: totals.flatMap(works),
  targets: totals.slice(1).flatMap((total) =>
    ['latency', 'rate', 'throughput'].map((what) => ({
      work: `${total}-published-${what}`,
      subject: 'nftables' as const,
      limit: 1.1,
      against: { work: `${totals[0]}-published-${what}` },
    })),
  ),
  async run({ laboratory, compare, say }) {
    const paths = await openPaths(laboratory);
    for (const total of totals) {
      say(`${total} published`);
      for (const path of paths) await path.publish(total);
      const contenders = paths.map((path) => ({
        subject: path.subject,
        round: () => measure(path, total),
      }));
      await compare({ contenders, runs: 5 });
    }
  },
};
