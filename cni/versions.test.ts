import fc from 'fast-check';
import { allVersions, atLeast, compareVersions, newestVersion, parseVersion, resultFamily } from './versions';

test('published versions are listed oldest first', () => {
  expect([...allVersions].sort(compareVersions)).toEqual(allVersions);
  expect(allVersions.at(-1)).toBe(newestVersion);
});

test.each([
  ['1.1.0', [1, 1, 0]],
  ['1.0', [1, 0, 0]],
  ['2', [2, 0, 0]],
])('%s is read as a version', (text, parts) => {
  expect(parseVersion(text)).toEqual(parts);
});

test.each(['', 'abc', '1.', '1.0.0.0', '-1.0.0', '1.0.0-rc1', ' 1.0.0', '1.0.0\n', '99999999999.0.0'])(
  '%j is not a version',
  (text) => {
    expect(() => parseVersion(text)).toThrow(expect.objectContaining({ code: 6 }));
  },
);

test('comparison is numeric, part by part', () => {
  const part = fc.nat(1000);
  fc.assert(
    fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
      const order = a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
      expect(Math.sign(compareVersions(a.join('.'), b.join('.')))).toBe(Math.sign(order));
    }),
  );
  expect(atLeast('0.10.0', '0.4.0')).toBe(true);
  expect(atLeast('0.4.0', '0.4.0')).toBe(true);
  expect(atLeast('0.3.1', '0.4.0')).toBe(false);
});

test.each(['9.9.9', '1.0', 'constructor', ''])('%j has no result family', (version) => {
  expect(() => resultFamily(version)).toThrow(expect.objectContaining({ code: 1 }));
});
