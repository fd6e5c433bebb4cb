/**
 * What all rules of a chain ask for, so that a packet which none of them is for does not enter it. Those on a host whose
 * containers publish a thousand ports are many. Pure.
 */
import type { Words } from './iptables-layout';
import { optionOf } from './iptables-save';

/** What follows the flag, where that is one plain value: a user's own conditions may say anything. */
function plainValue(rule: Words, flag: string): string | undefined {
  const value = optionOf(rule, flag);
  return rule[rule.indexOf(flag) - 1] !== '!' && value && /^[\w.:/]+$/.test(value) ? value : undefined;
}

/** The value that every rule has of an option. */
function sharedValue(rules: readonly Words[], flag: string): string | undefined {
  const values = new Set(rules.map((rule) => plainValue(rule, flag)));
  return values.size === 1 ? [...values][0] : undefined;
}

/** The least range of ports that those of every rule lie in. */
function sharedPorts(rules: readonly Words[]): string[] {
  const texts = rules.map((rule) => plainValue(rule, '--dport') ?? '');
  if (!texts.every((text) => /^\d+(:\d+)?$/.test(text))) return [];
  const ports = texts.flatMap((text) => text.split(':').map(Number));
  const [first, last] = [Math.min(...ports), Math.max(...ports)];
  return ['--dport', first === last ? `${first}` : `${first}:${last}`];
}

/** @param rules of one chain; those without a target, which only keep a comment, do not count */
export function sharedCondition(rules: readonly Words[]): Words {
  const acting = rules.filter((rule) => optionOf(rule, '-j') !== undefined);
  const destination = sharedValue(acting, '-d');
  const protocol = sharedValue(acting, '-p');
  return [
    ...(destination === undefined ? [] : ['-d', destination]),
    ...(protocol === undefined ? [] : ['-p', protocol, ...sharedPorts(acting)]),
  ];
}
