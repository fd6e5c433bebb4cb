import fc from 'fast-check';
import { findClearBit } from './taken-addresses';

test('the first clear bit is the one that looking at each would find', () => {
  const bits = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => bytes.map((byte) => byte | 0x0f));
  const position = fc.integer({ min: 0, max: 63 });
  fc.assert(
    fc.property(bits, position, position, (bytes, first, last) => {
      const all = Array.from({ length: 64 }, (_, at) => at);
      const expected = all.find(
        (at) => at >= first && at <= last && (bytes[at >> 3]! & (1 << (at & 7))) === 0,
      );
      expect(findClearBit(bytes, first, last)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test('what is beyond the end of a cut file is clear', () => {
  expect(findClearBit(Uint8Array.of(0xff), 0, 20)).toBe(8);
});
