/** One rule in iptables syntax, as words. Pure. */

import type { Words } from './iptables-layout';
import type { Action, Match, Maybe } from './model';
import { isNegated, plainOf } from './validate';

function option(flag: string, value: Maybe<string> | undefined): string[] {
  if (value === undefined) return [];
  return [...(isNegated(value) ? ['!'] : []), flag, plainOf(value)];
}

function markText({ value, mask }: { value: number; mask: number }): string {
  return `0x${(value >>> 0).toString(16)}/0x${(mask >>> 0).toString(16)}`;
}

function portWords(ports: Match['ports']): string[] {
  if (!ports) return [];
  return ['--dport', ports.first === ports.last ? `${ports.first}` : `${ports.first}:${ports.last}`];
}

function conntrackWords(states: string[]): string[] {
  return ['-m', 'conntrack', '--ctstate', states.join(',').toUpperCase()];
}

function matchWords(match: Match): string[] {
  return [
    ...option('-i', match.inInterface),
    ...option('-o', match.outInterface),
    ...option('-s', match.source),
    ...option('-d', match.destination),
    ...(match.protocol ? ['-p', match.protocol] : []),
    ...portWords(match.ports),
    ...(match.state ? conntrackWords(match.state) : []),
    ...(match.dnated ? conntrackWords(['DNAT']) : []),
    ...(match.destinationLocal ? ['-m', 'addrtype', '--dst-type', 'LOCAL'] : []),
    ...(match.sourceLocal ? ['-m', 'addrtype', '--src-type', 'LOCAL'] : []),
    ...(match.mark ? ['-m', 'mark', '--mark', markText(match.mark)] : []),
    ...(match.sourceMac === undefined ? [] : ['-m', 'mac', ...option('--mac-source', match.sourceMac)]),
    ...(match.native ?? []),
  ];
}

/** `10.0.0.2:80`, `[fd00::2]:80`, a range `10.0.0.2:80-89`, or one shifted from the host's ports: `…:80-89/8080`. */
function dnatTarget({ address, port, lastPort, basePort }: DnatAction['dnat']): string {
  const host = address.includes(':') ? `[${address}]` : address;
  const range = lastPort === undefined || lastPort === port ? `${port}` : `${port}-${lastPort}`;
  return `${host}:${range}${basePort === undefined ? '' : `/${basePort}`}`;
}

type DnatAction = Extract<Action, { dnat: unknown }>;

function actionWords(action: Action): string[] {
  if ('verdict' in action) return ['-j', action.verdict.toUpperCase()];
  if ('masquerade' in action) return ['-j', 'MASQUERADE'];
  if ('setMark' in action) return ['-j', 'MARK', '--set-xmark', markText(action.setMark)];
  if ('jump' in action) return ['-j', action.jump];
  return ['-j', 'DNAT', '--to-destination', dnatTarget(action.dnat)];
}

/** A rule without its chain: match, comment, target. */
export function ruleWords(rule: { match: Match; action: Action }, comment: string): Words {
  return [...matchWords(rule.match), '-m', 'comment', '--comment', comment, ...actionWords(rule.action)];
}

/** A rule that does nothing but keep a comment. */
export function commentWords(comment: string): Words {
  return ['-m', 'comment', '--comment', comment];
}

/** Words as one line of iptables-restore, which knows double quotes and backslashes (xtables `add_param_to_argv`). */
export function quoteWords(words: Words): string {
  return words
    .map((word) =>
      /^[A-Za-z0-9_.:/,%=@!~+[\]-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`,
    )
    .join(' ');
}
