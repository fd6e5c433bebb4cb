import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sha256Hex } from './sha256';

const reference = (text: string) => createHash('sha256').update(text).digest('hex');

// FIPS 180-4's own examples (CSRC, "SHA-256 examples")
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
])('%j', (text, digest) => expect(sha256Hex(text)).toBe(digest));

test('gives what OpenSSL gives at every length around a block', () => {
  for (let length = 0; length <= 200; length++) {
    const text = 'x'.repeat(length);
    expect([length, sha256Hex(text)]).toEqual([length, reference(text)]);
  }
});

test('gives what OpenSSL gives for any text', () => {
  const texts = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }));
  fc.assert(fc.property(texts, (text) => expect(sha256Hex(text)).toBe(reference(text))));
});
