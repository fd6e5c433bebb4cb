import type { Element, SetSpec, TableRef } from '../model';
import { describeEachImplementation, failure } from './fixture';

const table: TableRef = { family: 'inet', name: 't' };

interface Example {
  set: SetSpec;
  elements: Element[];
  /** Keys and the element that each falls on. */
  found: [key: string[], element: number | undefined][];
}

const examples: Example[] = [
  {
    set: { name: 'ports', key: ['inet_proto', 'inet_service'], value: ['ipv4_addr', 'inet_service'] },
    elements: [
      { key: ['tcp', '80'], value: ['10.0.0.2', '8080'], comment: 'of "somebody" else'.replaceAll('"', "'") },
      { key: ['udp', '80'], value: ['10.0.0.3', '80'] },
      { key: ['sctp', '65535'], value: ['10.0.0.4', '1'] },
    ],
    found: [
      [['tcp', '80'], 0],
      [['udp', '80'], 1],
      [['sctp', '80'], undefined],
    ],
  },
  {
    set: { name: 'ports6', key: ['inet_proto', 'inet_service'], value: ['ipv6_addr', 'inet_service'] },
    elements: [{ key: ['tcp', '80'], value: ['fd00::2', '8080'], comment: 'c' }],
    found: [[['tcp', '80'], 0]],
  },
  {
    set: { name: 'ranges', key: ['inet_proto', 'inet_service'], value: ['ipv4_addr'], interval: true },
    elements: [
      { key: ['tcp', '80-90'], value: ['10.0.0.2'], comment: 'range' },
      { key: ['tcp', '100'], value: ['10.0.0.3'] },
      { key: ['udp', '64-127'], value: ['10.0.0.4'] },
    ],
    found: [
      [['tcp', '80-90'], 0],
      [['tcp', '85'], 0],
      [['tcp', '85-95'], 0],
      [['tcp', '70-85'], 0],
      [['tcp', '70-95'], 0],
      [['udp', '80'], 2],
      [['tcp', '91-99'], undefined],
      [['sctp', '80'], undefined],
    ],
  },
  {
    set: {
      name: 'ranges6',
      key: ['ipv6_addr', 'inet_proto', 'inet_service'],
      value: ['ipv6_addr'],
      interval: true,
    },
    elements: [{ key: ['fd00::1', 'tcp', '80-90'], value: ['fd01::2'], comment: 'range' }],
    found: [
      [['fd00::1', 'tcp', '90'], 0],
      [['fd00::2', 'tcp', '90'], undefined],
    ],
  },
  {
    set: { name: 'pairs', key: ['ipv4_addr', 'ipv4_addr'], interval: true },
    elements: [
      { key: ['10.0.0.2', '10.0.0.0/24'], comment: 'pair' },
      { key: ['10.0.0.2', '127.0.0.0/8'] },
      { key: ['10.0.0.3', '0.0.0.0/0'] },
      { key: ['10.0.0.4', '10.0.0.1-10.0.0.6'] },
    ],
    found: [
      [['10.0.0.2', '10.0.0.0/24'], 0],
      [['10.0.0.2', '10.0.0.9'], 0],
      [['10.0.0.2', '10.0.0.0/16'], 0],
      [['10.0.0.3', '1.2.3.4'], 2],
      [['10.0.0.9', '1.2.3.4'], undefined],
    ],
  },
  {
    set: { name: 'pairs6', key: ['ipv6_addr', 'ipv6_addr'], interval: true },
    elements: [{ key: ['fd00::2', 'fd00::/64'] }, { key: ['fd00::3', '::/0'], comment: 'all' }],
    found: [[['fd00::2', 'fd00::7'], 0]],
  },
  {
    set: { name: 'names', key: ['ifname'] },
    elements: [{ key: ['eth0'], comment: 'card' }, { key: ['fifteen-bytes-x'] }],
    found: [
      [['eth0'], 0],
      [['eth'], undefined],
    ],
  },
  {
    set: { name: 'guests', key: ['ifname', 'ether_addr'] },
    elements: [{ key: ['veth1', '02:00:00:00:00:01'] }, { key: ['veth1', '02:00:00:00:00:02'] }],
    found: [[['veth1', '02:00:00:00:00:02'], 1]],
  },
  {
    set: { name: 'nets', key: ['ipv4_addr'], interval: true },
    elements: [
      { key: ['10.0.0.0/24'], comment: 'first' },
      { key: ['10.0.1.0/24'] },
      { key: ['10.0.5.1'], comment: 'one' },
      { key: ['10.1.0.0-10.1.0.9'] },
      { key: ['255.0.0.0/8'] },
    ],
    found: [
      [['10.0.0.77'], 0],
      [['10.0.1.0/25'], 1],
      [['10.0.5.0/24'], 2],
      [['10.0.4.0/24'], undefined],
      [['255.255.255.255'], 4],
    ],
  },
  {
    set: { name: 'services', key: ['inet_service'], value: ['ipv4_addr'], interval: true },
    elements: [
      { key: ['80-90'], value: ['10.0.0.1'] },
      { key: ['91'], value: ['10.0.0.2'], comment: 'beside' },
      { key: ['65000-65535'], value: ['10.0.0.3'] },
    ],
    found: [
      [['91'], 1],
      [['70-95'], 0],
      [['65535'], 2],
    ],
  },
];

const byKey = (one: Element, other: Element) => (one.key.join() < other.key.join() ? -1 : 1);

describeEachImplementation((fixture) => {
  describe.each(examples)('$set.name', ({ set, elements, found }) => {
    beforeEach(() => fixture.nftables.commit([{ addTable: table }, { addSet: set, table }]));

    test('is declared as it was', async () => {
      expect(await fixture.nftables.listSets(table)).toEqual([set]);
      expect(await fixture.nftables.listElements(table, set)).toEqual([]);
    });

    test('elements come back as they went in', async () => {
      const { nftables } = fixture;
      await nftables.commit([{ addElements: elements, set, table, exclusive: true }]);
      expect((await nftables.listElements(table, set)).sort(byKey)).toEqual([...elements].sort(byKey));
    });

    test('an element is found by its key, or by what falls on it', async () => {
      const { nftables } = fixture;
      await nftables.commit([{ addElements: elements, set, table }]);
      for (const [key, at] of found)
        expect({ key, found: await nftables.findElement(table, set, key) }).toEqual({
          key,
          found: at === undefined ? undefined : elements[at],
        });
    });

    test('elements are deleted by their keys; an absent one fails the whole commit', async () => {
      const { nftables } = fixture;
      await nftables.commit([{ addElements: elements, set, table }]);
      const [gone, ...left] = elements;
      await nftables.commit([{ deleteElements: [gone!], set, table }]);
      expect((await nftables.listElements(table, set)).sort(byKey)).toEqual([...left].sort(byKey));
      const twice = nftables.commit([{ deleteElements: [...left, gone!], set, table }]);
      await expect(twice).rejects.toThrow(failure('ENOENT'));
      expect(await nftables.listElements(table, set)).toHaveLength(left.length);
    });

    test('a present element is EEXIST where asked for, with nothing done', async () => {
      const { nftables } = fixture;
      const [first, ...others] = elements;
      await nftables.commit([{ addElements: [first!], set, table }]);
      await nftables.commit([{ addElements: [first!], set, table }]);
      const again = nftables.commit([{ addElements: [...others, first!], set, table, exclusive: true }]);
      await expect(again).rejects.toThrow(failure('EEXIST'));
      expect(await nftables.listElements(table, set)).toEqual([first]);
    });
  });

  test('what is not there has no elements', async () => {
    const { set } = examples[0]!;
    expect(await fixture.nftables.listElements(table, set)).toEqual([]);
    expect(await fixture.nftables.findElement(table, set, ['tcp', '80'])).toBeUndefined();
    expect(await fixture.nftables.listSets(table)).toEqual([]);
  });
});
