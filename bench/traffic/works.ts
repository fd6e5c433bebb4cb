/** What is measured of a path, and by which command. */
import { plainEnvironment } from '../host/private-host';
import type { Work } from '../model';
import type { Path } from './paths';

const connections = 1_000;
const seconds = 0.3;

export function works(total: number): Work[] {
  const beside = `${total.toLocaleString('en')} published`;
  return [
    ['bridge', `bridge, ${beside}`] as const,
    ['published', `published port, ${beside}`] as const,
  ].flatMap(([way, title]): Work[] => [
    { id: `${total}-${way}-latency`, title: `${title}: first packet`, unit: 'µs' },
    { id: `${total}-${way}-rate`, title: `${title}: connections`, unit: '1/s', better: 'higher' },
    { id: `${total}-${way}-throughput`, title: `${title}: throughput`, unit: 'Gbit/s', better: 'higher' },
  ]);
}

/** Runs the traffic program in a namespace; gives the numbers it prints. */
async function traffic({ host, program }: Path, from: string, ...rest: string[]): Promise<number[]> {
  const argv = ['/usr/sbin/ip', 'netns', 'exec', from, program, ...rest];
  await host.run([[{ argv, env: plainEnvironment }]]);
  return host.output().trim().split(' ').map(Number);
}

/** One round: both ways, connections and a stream. */
export async function measure(path: Path, total: number): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const { way, from, to } of path.ways) {
    const [latency, rate] = await traffic(path, from, 'connect', ...to, String(connections));
    const [throughput] = await traffic(path, from, 'stream', ...to, String(seconds));
    figures[`${total}-${way}-latency`] = latency!;
    figures[`${total}-${way}-rate`] = rate!;
    figures[`${total}-${way}-throughput`] = throughput!;
  }
  return figures;
}
