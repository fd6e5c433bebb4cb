/**
 * Rules of a container repeated for others, in the text of iptables-save. What the reference takes minutes for can so be
 * put up at once, in its own layout.
 */

import { createHash } from 'node:crypto';

export interface Member {
  container: string;
  /** IPv4 address without prefix length. */
  address: string;
  /** Published on the host. */
  port: number;
}

/** As many hexadecimal digits as the names of all chains of one container have in common. */
const digits = 21;

function digestOf({ container }: Member): string {
  return createHash('sha256').update(container).digest('hex').slice(0, digits);
}

function replaceAll(line: string, pairs: readonly (readonly [RegExp, string])[]): string {
  return pairs.reduce((text, [from, to]) => text.replace(from, to), line);
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What of the first is written differently for another. */
function differences(digest: string, first: Member, other: Member) {
  return [
    [new RegExp(digest, 'g'), digestOf(other)],
    [new RegExp(`\\b${literal(first.address)}(?=[/:])`, 'g'), other.address],
    [new RegExp(`(?<=ports? )${first.port}\\b`, 'g'), String(other.port)],
    [new RegExp(`\\b${literal(first.container)}\\b`, 'g'), other.container],
  ] as const;
}

/**
 * Input for `iptables-restore --noflush` that adds for each of `others` what `saved` has for the first.
 * @param saved output of `iptables-save -t nat`
 * @throws Error when the first has no chain there
 */
export function multiplyRules(saved: string, first: Member, others: readonly Member[]): string {
  const owned = new RegExp(`id: \\\\"${literal(first.container)}\\\\"" -j CNI-([0-9a-f]{${digits}})`);
  const digest = owned.exec(saved)?.[1];
  if (!digest) throw new Error(`repeat rules of "${first.container}": no chain of it`);
  const lines = saved.split('\n').filter((line) => line.includes(digest));
  const repeated = others.flatMap((other) => {
    const pairs = differences(digest, first, other);
    return lines.map((line) => replaceAll(line, pairs));
  });
  const isChain = (line: string) => line.startsWith(':');
  const ordered = [...repeated.filter(isChain), ...repeated.filter((line) => !isChain(line))];
  return `*nat\n${ordered.join('\n')}\nCOMMIT\n`;
}
