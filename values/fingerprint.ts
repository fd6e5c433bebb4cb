/**
 * Ten hexadecimal digits that tell texts of our own apart: FNV-1a (draft-eastlake-fnv) with two multipliers. For texts that
 * nobody would forge: SHA-256 takes 4 ms to load, or 30 microseconds for each 64 bytes.
 */
export function fingerprintOf(text: string): string {
  let left = 0x811c9dc5;
  let right = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    left = Math.imul(left ^ code, 0x01000193);
    right = Math.imul(right ^ code, 0x85ebca6b);
  }
  const digits = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
  return digits(left) + digits(right).slice(0, 2);
}
