/** One SCTP packet, as bytes after the IP header (RFC 9260): the beginning of an association. */

/** CRC-32C, bit by bit (RFC 9260 appendix A); conntrack drops packets in which it is wrong. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** An INIT chunk from port 40000 to `port`. */
export function sctpInit(port: number): Buffer {
  const packet = Buffer.alloc(12 + 20);
  packet.writeUInt16BE(40000, 0);
  packet.writeUInt16BE(port, 2);
  packet.writeUInt8(1, 12);
  packet.writeUInt16BE(20, 14);
  packet.writeUInt32BE(0x12345678, 16);
  packet.writeUInt32BE(65536, 20);
  packet.writeUInt16BE(1, 24);
  packet.writeUInt16BE(1, 26);
  packet.writeUInt32LE(crc32c(packet), 8);
  return packet;
}
