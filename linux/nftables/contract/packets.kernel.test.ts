/** Packets are translated by maps and rules, whoever made them. */
import { runSync } from '../../command';
import type { Netns } from '../../netns/netns';
import type { Change, SetSpec, TableRef } from '../model';
import { describeEachImplementation } from './fixture';

const table: TableRef = { family: 'inet', name: 't' };
const key = ['inet_proto', 'inet_service'] as const;
const port: SetSpec = { name: 'port', key, value: ['ipv4_addr', 'inet_service'] };
const range: SetSpec = { name: 'range', key, value: ['ipv4_addr'], interval: true };
const address: SetSpec = {
  name: 'address',
  key: ['ipv4_addr', ...key],
  value: ['ipv4_addr', 'inet_service'],
};
const port6: SetSpec = { name: 'port6', key, value: ['ipv6_addr', 'inet_service'] };

const ground: Change[] = [
  { addTable: table },
  { addChain: 'published', table },
  { addChain: 'output', table, base: { type: 'nat', hook: 'output', priority: -100 } },
  ...[port, range, address, port6].map((addSet): Change => ({ addSet, table })),
  ...[
    { dnatMap: ['ip daddr', 'meta l4proto', 'th dport'] as const, map: 'address', family: 'ip' as const },
    { dnatMap: ['meta l4proto', 'th dport'] as const, map: 'port', family: 'ip' as const },
    { dnatMap: ['meta l4proto', 'th dport'] as const, map: 'range', family: 'ip' as const },
    { dnatMap: ['meta l4proto', 'th dport'] as const, map: 'port6', family: 'ip6' as const },
  ].map((statement): Change => ({ addRule: { statements: [statement] }, chain: 'published', table })),
  {
    addRule: { statements: [{ match: 'fib daddr type', values: ['local'] }, { jump: 'published' }] },
    chain: 'output',
    table,
  },
];

/** Servers listen at 127.0.0.1 and ::1 only; connections go to other addresses of the loopback device. */
const program = `
const net = require('node:net');
const [servers, targets] = [process.argv[1], process.argv[2]].map((list) => JSON.parse(list));
const listening = servers.map(([host, port]) => new Promise((resolve) => {
  const server = net.createServer((socket) => socket.end(host + ' ' + port)).listen(port, host, () => resolve(server));
}));
const ask = ([host, port]) => new Promise((resolve) => {
  let answer = '';
  net.connect(port, host).on('data', (data) => { answer += data; }).on('error', (error) => resolve(error.code)).on('close', () => resolve(answer));
});
Promise.all(listening)
  .then(() => Promise.all(targets.map(ask)))
  .then((answers) => { console.log(JSON.stringify(answers)); process.exit(0); });
`;

type Place = [host: string, port: number];

/** What answers at each target: the address and port that a server listens at, or an error code. */
function askEach(netns: Netns, servers: Place[], targets: Place[]): string[] {
  const places = [servers, targets].map((list) => JSON.stringify(list));
  return JSON.parse(netns.run(() => runSync([process.execPath, '-e', program, ...places])));
}

const servers: Place[] = [
  ['127.0.0.1', 9000],
  ['127.0.0.1', 8105],
  ['::1', 9006],
];
const targets: Place[] = [
  ['127.0.0.2', 8000],
  ['127.0.0.2', 8105],
  ['127.0.0.2', 8106],
  ['127.0.0.3', 8000],
  ['fd00::5', 8000],
  ['127.0.0.2', 7000],
];

describeEachImplementation((fixture) => {
  test('connections go where the maps say', async () => {
    const { netns, nftables } = fixture;
    netns.run(() => {
      runSync(['ip', 'link', 'set', 'lo', 'up']);
      runSync(['ip', 'address', 'add', 'fd00::5/128', 'dev', 'lo', 'nodad']);
    });
    await nftables.commit([
      ...ground,
      { addElements: [{ key: ['tcp', '8000'], value: ['127.0.0.1', '9000'] }], set: port, table },
      { addElements: [{ key: ['tcp', '8100-8110'], value: ['127.0.0.1'] }], set: range, table },
      {
        addElements: [{ key: ['127.0.0.3', 'tcp', '8000'], value: ['127.0.0.1', '8105'] }],
        set: address,
        table,
      },
      { addElements: [{ key: ['tcp', '8000'], value: ['::1', '9006'] }], set: port6, table },
    ]);
    expect(askEach(netns, servers, targets)).toEqual([
      '127.0.0.1 9000',
      '127.0.0.1 8105',
      'ECONNREFUSED',
      '127.0.0.1 8105',
      '::1 9006',
      'ECONNREFUSED',
    ]);
  });
});
