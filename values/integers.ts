/**
 * Little-endian integers in bytes, without checks of what is written. Node's own readers and writers do the same; a process
 * of one call pays for compiling each of them and its checks at its first use, some milliseconds in all, and V8 then spends
 * another thread on optimizing them.
 */

export function getUint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

export function getInt32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

export function getUint32(bytes: Uint8Array, at: number): number {
  return getInt32(bytes, at) >>> 0;
}

export function setUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

/** For signed integers too. */
export function setUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}
