/** The order of rules in a chain, as far as it can be told: iptables-save prints rules otherwise than it reads them. Pure. */
import type { Words } from './iptables-layout';

/** Options with their values: `['!', '-d', '10.0.0.0/8']`. */
function splitOptions(rule: Words): string[][] {
  const options: string[][] = [];
  for (const [at, word] of rule.entries()) {
    const begins = word === '!' || (word.startsWith('-') && rule[at - 1] !== '!');
    if (begins || options.length === 0) options.push([]);
    options.at(-1)!.push(word);
  }
  return options;
}

function plainWord(word: string): string {
  return word
    .toLowerCase()
    .replace(/\/(32|128)$/, '')
    .split(',')
    .sort()
    .join();
}

/** Text that is equal for a rule as it was written and, mostly, as it is printed. */
function plainText(rule: Words): string {
  return splitOptions(rule)
    .filter(([flag]) => flag !== '-m')
    .map((option) => option.map(plainWord).join(' '))
    .sort()
    .join('\n');
}

/** False also for a rule that is printed in an unknown way. */
export function isSameRule(one: Words, other: Words): boolean {
  return plainText(one) === plainText(other);
}

/** Whether the rules that are recognised follow one another as wanted. */
export function isInOrder(found: readonly Words[], wanted: readonly Words[]): boolean {
  const texts = wanted.map(plainText);
  const positions = found.map((rule) => texts.indexOf(plainText(rule))).filter((at) => at !== -1);
  return positions.every((position, at) => at === 0 || positions[at - 1]! <= position);
}
