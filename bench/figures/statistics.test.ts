import fc from 'fast-check';
import { median, summarize } from './statistics';

describe('median', () => {
  it.each([
    [[3], 3],
    [[1, 3, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('has as many values on either side', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above) * 2).toBeLessThanOrEqual(values.length);
      }),
    );
  });

  it('of nothing is no figure', () => {
    expect(() => median([])).toThrow('no values');
    expect(summarize([])).toBeUndefined();
    expect(summarize(undefined)).toBeUndefined();
  });
});

it('summarizes without changing the samples', () => {
  const values = [5, 1, 3];
  expect(summarize(values)).toEqual({ median: 3, min: 1, max: 5, runs: 3 });
  expect(values).toEqual([5, 1, 3]);
});
