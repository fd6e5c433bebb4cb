import type { NewRule, SetSpec, TableRef } from '../model';
import { encodeRuleOnce } from './encoded-rules';
import { encodeRule } from './statement';

const table: TableRef = { family: 'inet', name: 't' };
const addresses: SetSpec = { name: 's', key: ['ipv4_addr'] };
const rule: NewRule = { statements: [{ lookup: ['ip saddr'], set: 's' }, { verdict: 'drop' }], comment: 'c' };

test.each<[string, { table: TableRef; chain: string }, NewRule]>([
  ['another chain', { table, chain: 'd' }, rule],
  ['another table', { table: { ...table, name: 'u' }, chain: 'c' }, rule],
  ['another rule', { table, chain: 'c' }, { ...rule, comment: 'd' }],
])('%s is encoded anew', (_what, place, other) => {
  encodeRuleOnce({ table, chain: 'c' }, rule, () => addresses);
  const body = encodeRuleOnce(place, other, () => addresses);
  expect(body.toString('hex')).toBe(encodeRule(place, other, () => addresses).toString('hex'));
});

test('the same rule gives the same bytes as long as its set is the same', () => {
  const place = { table, chain: 'c' };
  const first = encodeRuleOnce(place, rule, () => addresses);
  expect(encodeRuleOnce(place, rule, () => addresses)).toBe(first);
  expect(encodeRuleOnce(place, rule, () => ({ ...addresses }))).not.toBe(first);
});
