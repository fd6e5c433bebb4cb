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

/**
 * How a maker's rules lead to a container's chains, given its name as an expression: the group is what the names of all its
 * chains have in common.
 */
export type Layout = (container: string) => RegExp;

export const layouts = {
  go: (container) => new RegExp(`id: \\\\"${container}\\\\"" .*-j CNI-(?:DN-)?([0-9a-f]{21})`),
  iptables: (container) => new RegExp(`:bench/${container}/eth0" -j TSNET-PUB-([0-9a-f]{18})`),
} satisfies Record<string, Layout>;

function replaceAll(line: string, pairs: readonly (readonly [RegExp, string])[]): string {
  return pairs.reduce((text, [from, to]) => text.replace(from, to), line);
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What of the first is written differently for another. */
function differences(digest: string, first: Member, other: Member) {
  const otherDigest = createHash('sha256').update(other.container).digest('hex').slice(0, digest.length);
  return [
    [new RegExp(digest, 'g'), otherDigest],
    [new RegExp(`\\b${literal(first.address)}(?=[/:])`, 'g'), other.address],
    [new RegExp(`(?<=ports? )${first.port}\\b`, 'g'), String(other.port)],
    [new RegExp(`\\b${literal(first.container)}\\b`, 'g'), other.container],
  ] as const;
}

/**
 * Input for `iptables-restore --noflush` that adds for each of the others what `saved` has for the first.
 * @param saved output of `iptables-save -t nat`
 * @throws Error when the first has no chain there
 */
export function multiplyRules(
  saved: string,
  layout: Layout,
  [first, ...others]: [Member, ...Member[]],
): string {
  const digest = layout(literal(first.container)).exec(saved)?.[1];
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
