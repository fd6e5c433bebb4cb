import { forEachInTurns } from './turns';

test('does all in order, and lets others run between', async () => {
  const seen: number[] = [];
  let others = 0;
  let timer = setImmediate(function other() {
    others += 1;
    timer = setImmediate(other);
  });
  const items = Array.from({ length: 64 }, (_, at) => at);
  await forEachInTurns(items, (item) => {
    seen.push(item);
    const until = performance.now() + 0.5;
    while (performance.now() < until);
  });
  clearImmediate(timer);
  expect(seen).toEqual(items);
  expect(others).toBeGreaterThan(1);
});

test('what fails ends it', async () => {
  const failing = forEachInTurns([1, 2], () => {
    throw new RangeError('no');
  });
  await expect(failing).rejects.toThrow('no');
});
