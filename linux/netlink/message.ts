/** Netlink messages (linux/netlink.h `struct nlmsghdr`): length, type, flags, sequence number, port id, then the payload. */
import { aligned } from './attribute';

export const NLMSG_HDRLEN = 16;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
/** On an acknowledgement: attributes follow. */
export const NLM_F_ACK_TLVS = 0x200;
/** On an acknowledgement: the echoed request was cut after its header. */
export const NLM_F_CAPPED = 0x100;

export interface Message {
  type: number;
  flags: number;
  sequence: number;
  payload: Buffer;
}

/** Encodes one message, padded so that another can follow it. */
export function encodeMessage(message: Message): Buffer {
  const length = NLMSG_HDRLEN + message.payload.length;
  const bytes = Buffer.alloc(aligned(length));
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt16LE(message.type, 4);
  bytes.writeUInt16LE(message.flags, 6);
  bytes.writeUInt32LE(message.sequence, 8);
  message.payload.copy(bytes, NLMSG_HDRLEN);
  return bytes;
}

/** Decodes the messages of one datagram. Trailing bytes that make no message are dropped. */
export function decodeMessages(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  for (let offset = 0; offset + NLMSG_HDRLEN <= bytes.length; ) {
    const length = bytes.readUInt32LE(offset);
    if (length < NLMSG_HDRLEN || offset + length > bytes.length) break;
    messages.push({
      type: bytes.readUInt16LE(offset + 4),
      flags: bytes.readUInt16LE(offset + 6),
      sequence: bytes.readUInt32LE(offset + 8),
      payload: bytes.subarray(offset + NLMSG_HDRLEN, offset + length),
    });
    offset += aligned(length);
  }
  return messages;
}
