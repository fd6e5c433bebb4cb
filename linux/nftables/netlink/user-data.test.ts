import * as fc from 'fast-check';
import { decodeComment, encodeComment, userDatum } from './user-data';

test('a comment is written as nft writes it', () => {
  expect(encodeComment('x y').toString('hex')).toBe('000478207900');
});

test('comments come back', () => {
  const comment = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !text.includes('\0'));
  fc.assert(fc.property(comment, (text) => expect(decodeComment(encodeComment(text))).toBe(text)));
});

test('other data before it is passed over; what is no user data has no comment', () => {
  const other = userDatum(7, Buffer.from('else'));
  expect(decodeComment(Buffer.concat([other, encodeComment('mine')]))).toBe('mine');
  expect(decodeComment(other)).toBeUndefined();
  expect(decodeComment(undefined)).toBeUndefined();
  expect(decodeComment(Buffer.of(0, 200, 65))).toBeUndefined();
});

test('any bytes are survived', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeComment(Buffer.from(bytes))));
});
