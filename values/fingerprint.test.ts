import fc from 'fast-check';
import { fingerprintOf } from './fingerprint';

// the first eight digits are FNV-1a's own test values (draft-eastlake-fnv, appendix C)
test.each([
  ['', '811c9dc5'],
  ['a', 'e40c292c'],
  ['foobar', 'bf9cf968'],
])('%j begins as FNV-1a', (text, digits) => expect(fingerprintOf(text).slice(0, 8)).toBe(digits));

test('tells texts apart, each change of one character', () => {
  const texts = fc.string({ minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(texts, fc.nat(), (text, at) => {
      const place = at % text.length;
      const other = `${text.slice(0, place)}${text[place] === 'x' ? 'y' : 'x'}${text.slice(place + 1)}`;
      expect(fingerprintOf(text)).toMatch(/^[0-9a-f]{10}$/);
      expect(fingerprintOf(other)).not.toBe(fingerprintOf(text));
    }),
  );
});

test('ten thousand texts have ten thousand fingerprints', () => {
  const found = new Set(
    Array.from({ length: 10_000 }, (_, at) => fingerprintOf(`{"values":["10.0.${at}.1"]}`)),
  );
  expect(found.size).toBe(10_000);
});
