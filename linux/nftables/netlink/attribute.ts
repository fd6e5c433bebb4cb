/** Attributes of nfnetlink: as all of netlink's, but integers are in network order (linux/netfilter/nfnetlink.h). */
import { type AttributeTable, attribute } from '../../netlink/attribute';

export function be32(type: number, value: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeInt32BE(value | 0);
  return attribute(type, payload);
}

export function be64(type: number, value: number): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeBigUInt64BE(BigInt(value));
  return attribute(type, payload);
}

/** Handles are 64 bits wide and counted from one: they stay far below what a number holds. */
export function readBe64(table: AttributeTable, type: number): number {
  return Number(table.bytes(type)?.readBigUInt64BE() ?? 0n);
}

export function readBe32(table: AttributeTable, type: number): number | undefined {
  return table.bytes(type)?.readUInt32BE();
}
