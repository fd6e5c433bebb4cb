import { attributes } from '../../netlink/attribute';
import type { Element, SetSpec, TableRef } from '../model';
import { encodeElements } from './element';

const table: TableRef = { family: 'inet', name: 't' };
const ports: SetSpec = {
  name: 'p',
  key: ['inet_proto', 'inet_service'],
  value: ['ipv4_addr', 'inet_service'],
};

/** The payload of the last attribute: the list of elements. */
function listOf(body: Buffer): Buffer {
  return attributes(body.subarray(4)).at(-1)!.payload;
}

function encode(set: SetSpec, ...elements: Element[]): string[] {
  return encodeElements(table, set, elements).map((body) => listOf(body).toString('hex'));
}

test('an element is encoded as nft encodes it', () => {
  const element = { key: ['tcp', '80'], value: ['10.0.0.2', '8080'], comment: 'x y' };
  expect(encode(ports, element)).toEqual([
    '30000180' +
      '100001800c0001000600000000500000' +
      '100002800c0001000a0000021f900000' +
      '0a00060000047820' +
      '79000000',
  ]);
});

const sets: [SetSpec, Element[]][] = [
  [
    ports,
    [
      { key: ['tcp', '80'], value: ['10.0.0.2', '8080'], comment: 'x' },
      { key: ['tcp', '81'], value: ['10.0.0.2', '8081'], comment: 'x' },
      { key: ['udp', '81'], value: ['10.0.0.3', '8081'], comment: 'longer' },
      { key: ['udp', '82'] },
      { key: ['sctp', '65535'] },
      { key: ['tcp', '83'], value: ['10.0.0.2', '1'] },
    ],
  ],
  [
    { name: 's', key: ['ipv6_addr', 'inet_proto', 'inet_service'], value: ['ipv6_addr', 'inet_service'] },
    [
      { key: ['fd00::1', 'tcp', '80'], value: ['fd00::2', '80'] },
      { key: ['fd00::3', 'udp', '81'], value: ['fd00::4', '1'] },
    ],
  ],
  [
    { name: 's', key: ['inet_service'], value: ['inet_service'] },
    [80, 81].map((port) => ({ key: [`${port}`], value: [`${port + 1}`] })),
  ],
  [{ name: 's', key: ['ifname'] }, [{ key: ['eth0'] }, { key: ['a'] }]],
];

test.each(sets)('elements beside others are encoded as each alone: %j', (set, elements) => {
  expect(encode(set, ...elements)).toEqual([elements.flatMap((element) => encode(set, element)).join('')]);
});

test('elements beside others are refused as each alone', () => {
  const good = { key: ['tcp', '80'] };
  for (const key of [['tcp'], ['tcp', '80-81'], ['tcp', 'x'], ['tcp', '80', '81']])
    expect(() => encode(ports, good, { key })).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});

test('ends of an interval: a second key, or an element of its own', () => {
  const pairs: SetSpec = { name: 's', key: ['ipv4_addr', 'ipv4_addr'], interval: true };
  expect(encode(pairs, { key: ['10.0.0.2', '10.0.0.0/24'] })).toEqual([
    '24000180100001800c0001000a0000020a000000' + '10000a800c0001000a0000020a0000ff',
  ]);
  const nets: SetSpec = { name: 's', key: ['ipv4_addr'], interval: true };
  expect(encode(nets, { key: ['10.0.0.0/24'] })).toEqual([
    '100001800c000180080001000a000000' + '180001800800030000000001' + '0c000180080001000a000100',
  ]);
  expect(encode(nets, { key: ['255.0.0.0/8'] })).toEqual(['100001800c00018008000100ff000000']);
});

test('many elements take several messages, none too long for one attribute', () => {
  const many = Array.from({ length: 5000 }, (_, at) => ({
    key: ['tcp', `${at}`],
    value: ['10.0.0.2', '80'],
  }));
  const bodies = encodeElements(table, ports, many);
  expect(bodies.length).toBeGreaterThan(1);
  const lists = bodies.map((body) => attributes(listOf(body)));
  expect(lists.flat()).toHaveLength(many.length);
  for (const body of bodies) expect(listOf(body).length).toBeLessThan(65_532);
});

test('a set without intervals takes no range', () => {
  const range = { key: ['tcp', '80-90'], value: ['10.0.0.2', '80'] };
  expect(() => encode(ports, range)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});
