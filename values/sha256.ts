/**
 * SHA-256 (FIPS 180-4) of short texts: names and rules. Loading `node:crypto` takes 4 ms, as it brings OpenSSL's bindings and
 * streams; this takes 30 microseconds for each 64 bytes while V8 interprets it. Not for secrets, nor for files.
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

/** The functions of §4.1.2, written out: half of the time would go into calls. */
const largeSigma0 = (word: number) =>
  ((word >>> 2) | (word << 30)) ^ ((word >>> 13) | (word << 19)) ^ ((word >>> 22) | (word << 10));
const largeSigma1 = (word: number) =>
  ((word >>> 6) | (word << 26)) ^ ((word >>> 11) | (word << 21)) ^ ((word >>> 25) | (word << 7));
const smallSigma0 = (word: number) =>
  ((word >>> 7) | (word << 25)) ^ ((word >>> 18) | (word << 14)) ^ (word >>> 3);
const smallSigma1 = (word: number) =>
  ((word >>> 17) | (word << 15)) ^ ((word >>> 19) | (word << 13)) ^ (word >>> 10);

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
  for (let at = 16; at < 64; at++)
    words[at] = words[at - 16]! + smallSigma0(words[at - 15]!) + words[at - 7]! + smallSigma1(words[at - 2]!);
  return words;
}

/** Takes one block into `hash` (§6.2.2, steps 2 to 4). Plain assignments: arrays would cost most of the time. */
function compress(hash: Int32Array, words: Int32Array): void {
  let a = hash[0]!;
  let b = hash[1]!;
  let c = hash[2]!;
  let d = hash[3]!;
  let e = hash[4]!;
  let f = hash[5]!;
  let g = hash[6]!;
  let h = hash[7]!;
  for (let at = 0; at < 64; at++) {
    const first = (h + largeSigma1(e) + ((e & f) ^ (~e & g)) + constants[at]! + words[at]!) | 0;
    const second = (largeSigma0(a) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  add(hash, a, b, c, d, e, f, g, h);
}

function add(hash: Int32Array, ...words: number[]): void {
  for (let at = 0; at < words.length; at++) hash[at] = hash[at]! + words[at]!;
}

/** @returns 64 lower-case hexadecimal digits, of the text in UTF-8 */
export function sha256Hex(text: string): string {
  const message = pad(Buffer.from(text));
  const hash = initial.slice();
  for (let offset = 0; offset < message.byteLength; offset += 64) compress(hash, schedule(message, offset));
  return [...hash].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
