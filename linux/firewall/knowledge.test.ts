import { Knowledge, nextGeneration } from './knowledge';

test('facts are of one generation', () => {
  const knowledge = new Knowledge();
  knowledge.remember(7, 'a', 1);
  knowledge.remember(7, 'b', 2);
  expect([knowledge.find(7, 'a'), knowledge.find(7, 'b')]).toEqual([1, 2]);
  expect([knowledge.find(8, 'a'), knowledge.find(undefined, 'a')]).toEqual([undefined, undefined]);
  knowledge.remember(8, 'b', 3);
  expect([knowledge.find(8, 'a'), knowledge.find(8, 'b')]).toEqual([undefined, 3]);
  knowledge.remember(7, 'b', 2);
  expect([knowledge.find(7, 'b'), knowledge.find(8, 'b')]).toEqual([undefined, 3]);
});

test('they follow a change of our own, and no other', () => {
  const knowledge = new Knowledge();
  knowledge.remember(7, 'a', 1);
  knowledge.follow(6);
  expect(knowledge.find(7, 'a')).toBe(1);
  knowledge.follow(7);
  expect([knowledge.find(7, 'a'), knowledge.find(8, 'a')]).toEqual([undefined, 1]);
  knowledge.drop('a');
  expect(knowledge.find(8, 'a')).toBeUndefined();
});

test('generations begin again at one', () => {
  expect([7, 2 ** 32 - 1].map(nextGeneration)).toEqual([8, 1]);
});
