import type { Change, SetSpec, TableRef } from '../model';
import { planScript } from './script';

const table: TableRef = { family: 'inet', name: 't' };
const ports: SetSpec = {
  name: 'p',
  key: ['inet_proto', 'inet_service'],
  value: ['ipv6_addr', 'inet_service'],
};
const nets: SetSpec = { name: 'n', key: ['ipv4_addr'], interval: true };

test.each<[string, Change]>([
  ['add table inet t', { addTable: table }],
  ['delete table inet t', { deleteTable: table }],
  ['add chain inet t c', { addChain: 'c', table }],
  [
    'add chain inet t c { type nat hook prerouting priority -100; policy accept; }',
    { addChain: 'c', table, base: { type: 'nat', hook: 'prerouting', priority: -100 } },
  ],
  ['flush chain inet t c', { flushChain: 'c', table }],
  ['flush chain inet t c\ndelete chain inet t c', { deleteChain: 'c', table }],
  ['delete rule inet t c handle 7', { deleteRule: 7, chain: 'c', table }],
  [
    'add map inet t p { type inet_proto . inet_service : ipv6_addr . inet_service; }',
    { addSet: ports, table },
  ],
  ['add set inet t n { type ipv4_addr; flags interval; }', { addSet: nets, table }],
  [
    'add element inet t p { 6 . 80 comment "c" : fd00::1 . 8080 }',
    { addElements: [{ key: ['tcp', '80'], value: ['fd00::1', '8080'], comment: 'c' }], set: ports, table },
  ],
  [
    'create element inet t n { 10.0.0.0/8, 11.0.0.1-11.0.0.9 }',
    {
      addElements: [{ key: ['10.0.0.0/8'] }, { key: ['11.0.0.1-11.0.0.9'] }],
      set: nets,
      table,
      exclusive: true,
    },
  ],
  [
    'delete element inet t p { 17 . 80 }',
    { deleteElements: [{ key: ['udp', '80'], value: ['::1', '1'], comment: 'c' }], set: ports, table },
  ],
  ['', { addElements: [], set: ports, table }],
  [
    'add rule inet t c meta iifname "eth*" meta l4proto 6 th dport != 80-90 jump d comment "x y"',
    {
      addRule: {
        statements: [
          { match: 'meta iifname', values: ['eth*'] },
          { match: 'meta l4proto', values: ['tcp'] },
          { match: 'th dport', not: true, values: ['80-90'] },
          { jump: 'd' },
        ],
        comment: 'x y',
      },
      chain: 'c',
      table,
    },
  ],
])('%s', (text, change) => {
  expect(planScript([change]).lines.join('\n')).toBe(text);
});

test('each line is known to come from its change', () => {
  const changes: Change[] = [{ deleteChain: 'c', table }, { addTable: table }];
  expect(planScript(changes).changes).toEqual([changes[0], changes[0], changes[1]]);
});
