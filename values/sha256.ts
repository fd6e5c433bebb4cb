/**
 * SHA-256 (FIPS 180-4) of short texts. Loading `node:crypto` takes 4 ms, as it brings OpenSSL's bindings and streams;
 * this takes 0.1 ms for the names that are hashed here. Not for secrets: its time depends on nothing but the length, but
 * nobody examined the machine code that comes of it.
 */

/** The first 32 bits of the fractional part of `power` of the first `count` primes (§4.2.2, §5.3.3). */
function primeFractions(count: number, power: number): Int32Array {
  const words = new Int32Array(count);
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor <= candidate) continue;
    const root = candidate ** power;
    words[found++] = ((root - Math.floor(root)) * 0x1_0000_0000) | 0;
  }
  return words;
}

const constants = primeFractions(64, 1 / 3);
const initial = primeFractions(8, 1 / 2);

const rotate = (word: number, bits: number) => (word >>> bits) | (word << (32 - bits));

/** The message, a 1 bit, zeros, and the length in bits, as whole blocks of 64 bytes (§5.1.1). */
function pad(message: Uint8Array): DataView {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  return view;
}

/** The message schedule of the block at `offset` (§6.2.2, step 1). */
function schedule(message: DataView, offset: number): Int32Array {
  const words = new Int32Array(64);
  for (let at = 0; at < 16; at++) words[at] = message.getInt32(offset + 4 * at);
  for (let at = 16; at < 64; at++) {
    const early = words[at - 15]!;
    const late = words[at - 2]!;
    const small = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const large = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    words[at] = words[at - 16]! + small + words[at - 7]! + large;
  }
  return words;
}

/** Takes one block into `hash` (§6.2.2, steps 2 to 4). */
function compress(hash: Int32Array, words: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = hash as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let at = 0; at < 64; at++) {
    const choice = (e & f) ^ (~e & g);
    const first =
      (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + constants[at]! + words[at]!) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) hash[at] = hash[at]! + word;
}

/** @returns 64 lower-case hexadecimal digits, of the text in UTF-8 */
export function sha256Hex(text: string): string {
  const message = pad(Buffer.from(text));
  const hash = initial.slice();
  for (let offset = 0; offset < message.byteLength; offset += 64) compress(hash, schedule(message, offset));
  return [...hash].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
