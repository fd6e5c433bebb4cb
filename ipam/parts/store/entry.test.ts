import fc from 'fast-check';
import { type Entry, entryName, formatEntry, isSameEntry, parseEntry } from './entry';

const entry = fc
  .array(fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.bigInt({ min: 0n, max: 2n ** 63n })), { maxLength: 4 })
  .map((pairs): Entry => new Map(pairs));

test('format and parse are inverse', () => {
  fc.assert(
    fc.property(entry, (one) => {
      expect(isSameEntry(parseEntry(formatEntry(one)), one)).toBe(true);
    }),
  );
});

test.each(['', 'nothing', '10.0.0.2', '10.0.0.2=x', '../etc=1', '10.0.0.2=123456789012345678901'])(
  '%j says nothing',
  (target) => {
    expect(parseEntry(target).size).toBe(0);
  },
);

test('entries are the same with the same addresses and times', () => {
  const one = new Map([['10.0.0.2', 1n]]);
  expect(isSameEntry(one, new Map([['10.0.0.2', 2n]]))).toBe(false);
  expect(isSameEntry(one, new Map([...one, ['10.0.0.3', 1n]]))).toBe(false);
  expect(isSameEntry(one, undefined)).toBe(false);
});

test('a name is one of a file, and no two attachments share it', () => {
  const owners = ['a', 'a.', 'a'.repeat(300), `${'a'.repeat(300)}b`].flatMap((containerId) =>
    ['', 'eth0', 'a@b'].map((ifName) => ({ containerId, ifName })),
  );
  const names = owners.map(entryName);
  expect(new Set(names).size).toBe(owners.length);
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThan(256);
});
