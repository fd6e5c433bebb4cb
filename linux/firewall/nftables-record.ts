/**
 * What the kernel keeps of an owner besides its chains: whose they are and which elements go with them, as comments of a
 * chain that nothing jumps to. So a removal reads one chain instead of every map. Pure.
 *
 *   tsnet:portmap:net/c1/eth0 dnat4 tcp 8080,8443;hairpin4 10.1.0.2 10.1.0.0/24,127.0.0.0/8
 *
 * After the label stand groups of names: of a set, the leading parts of keys in it, and their last parts. Three groups are of
 * other kinds: `hooks` names the hooks of the owner's chains, `rules4` and `rules6` ports that its plain rules lead elsewhere.
 */
import type { Family, Protocol, RuleSetKey } from './model';
import { bySet, type PlannedElement } from './nftables-element';
import { joinComments, labelComments, ownerLabel, parseOwnerLabel } from './owner-label';
import type { HostPorts } from './taken-ports';

export interface OwnerRecord {
  key: RuleSetKey;
  /** Base chains that jump to a chain of the owner. */
  hooks: readonly string[];
  /** Without their values. */
  elements: readonly PlannedElement[];
  /** Ports that its rules, not its elements, lead elsewhere. */
  claims: readonly HostPorts[];
}

/** NFTNL_UDATA_COMMENT_MAXLEN is 128 with the NUL. */
const maxComment = 127;

function claimElement({ family, protocol, address, first, last, conditional }: HostPorts): PlannedElement {
  const kind = conditional ? 'some' : 'all';
  return {
    set: family === 'ipv4' ? 'rules4' : 'rules6',
    key: [kind, address ?? '*', protocol, `${first}-${last}`],
  };
}

function claimOf({ set, key }: PlannedElement): HostPorts {
  const [kind, address, protocol, ports] = key as [string, string, Protocol, string];
  const [first, last] = ports.split('-').map(Number);
  const family: Family = set === 'rules4' ? 'ipv4' : 'ipv6';
  return {
    ...{ family, protocol, first: first!, last: last! },
    ...(address === '*' ? {} : { address }),
    ...(kind === 'some' ? { conditional: true } : {}),
  };
}

/** `dnat4 tcp 80,81`: elements whose keys differ in the last part alone. */
function groupTexts(elements: readonly PlannedElement[]): string[] {
  return [...bySet(elements)].flatMap(([set, group]) => {
    const lastParts = new Map<string, string[]>();
    for (const { key } of group) {
      const lead = [set, ...key.slice(0, -1)].join(' ');
      const list = lastParts.get(lead);
      if (list) list.push(key.at(-1)!);
      else lastParts.set(lead, [key.at(-1)!]);
    }
    return [...lastParts].map(([lead, parts]) => `${lead} ${parts.join(',')}`);
  });
}

/** The comments of the record chain's rules. */
export function recordComments({ key, hooks, elements, claims }: OwnerRecord): string[] {
  const all = [
    ...hooks.map((hook) => ({ set: 'hooks', key: [hook] })),
    ...elements,
    ...claims.map(claimElement),
  ];
  return labelComments([ownerLabel(key), groupTexts(all).join(';')].join(' ').trimEnd(), maxComment);
}

function parseGroup(text: string): PlannedElement[] {
  const words = text.split(' ');
  const [set, lead, lastParts] = [words[0]!, words.slice(1, -1), words.at(-1)!.split(',')];
  return lastParts.map((last) => ({ set, key: [...lead, last] }));
}

/** The record behind the comments of a chain; undefined when a part of it is missing. */
export function parseRecord(comments: Iterable<string>): OwnerRecord | undefined {
  const text = joinComments(comments) ?? '';
  const end = `${text} `.indexOf(' ');
  const key = parseOwnerLabel(text.slice(0, end));
  if (!key) return undefined;
  const groups = text.slice(end + 1).split(';');
  const all = groups.flatMap((group) => (group === '' ? [] : parseGroup(group)));
  const isRules = ({ set }: PlannedElement) => set.startsWith('rules');
  return {
    key,
    hooks: all.flatMap((element) => (element.set === 'hooks' ? [element.key[0]!] : [])),
    elements: all.filter((element) => element.set !== 'hooks' && !isRules(element)),
    claims: all.filter(isRules).map(claimOf),
  };
}
