import type { Element, TableRef } from '../model';
import { setExamples } from './element-examples';
import { describeEachImplementation, failure } from './fixture';

const table: TableRef = { family: 'inet', name: 't' };

const byKey = (one: Element, other: Element) => (one.key.join() < other.key.join() ? -1 : 1);

describeEachImplementation((fixture) => {
  describe.each(setExamples)('$set.name', ({ set, elements, found }) => {
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

    test('many are found at once as each alone', async () => {
      const { nftables } = fixture;
      await nftables.commit([{ addElements: elements, set, table }]);
      const keys = Array.from({ length: 300 }, (_, at) => found[at % found.length]![0]);
      const each = await Promise.all(
        keys.slice(0, found.length).map((key) => nftables.findElement(table, set, key)),
      );
      const wanted = keys.map((_, at) => each[at % found.length]);
      expect(await nftables.findElements(table, set, keys)).toEqual(wanted);
      expect(await nftables.findElements(table, set, [])).toEqual([]);
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
    const { set } = setExamples[0]!;
    expect(await fixture.nftables.listElements(table, set)).toEqual([]);
    expect(await fixture.nftables.findElement(table, set, ['tcp', '80'])).toBeUndefined();
    expect(await fixture.nftables.findElements(table, set, [['tcp', '80']])).toEqual([undefined]);
    expect(await fixture.nftables.listSets(table)).toEqual([]);
  });
});
