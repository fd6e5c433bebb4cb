import * as fc from 'fast-check';
import { decodeMessages, encodeMessage } from './message';

const message = fc.record({
  type: fc.integer({ min: 0, max: 0xffff }),
  flags: fc.integer({ min: 0, max: 0xffff }),
  sequence: fc.integer({ min: 0, max: 0xffffffff }),
  payload: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
});

test('the layout is that of struct nlmsghdr', () => {
  const bytes = encodeMessage({ type: 18, flags: 5, sequence: 7, payload: Buffer.from('abc') });
  expect(bytes.toString('hex')).toBe(`13000000120005000700000000000000${'61626300'}`);
});

test('messages of one datagram come out as they went in', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 10 }), (messages) => {
      expect(decodeMessages(Buffer.concat(messages.map(encodeMessage)))).toEqual(messages);
    }),
  );
});

test('a cut or corrupt datagram gives the whole messages before the damage', () => {
  const whole = encodeMessage({ type: 16, flags: 0, sequence: 1, payload: Buffer.alloc(8) });
  const cut = Buffer.concat([whole, whole.subarray(0, 20)]);
  expect(decodeMessages(cut)).toHaveLength(1);
  const corrupt = Buffer.concat([whole, Buffer.alloc(16)]);
  expect(decodeMessages(corrupt)).toHaveLength(1);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeMessages(Buffer.from(bytes))),
  );
});
