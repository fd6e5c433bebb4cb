/** Netlink messages (linux/netlink.h `struct nlmsghdr`): length, type, flags, sequence number, port id, then the payload. */

import { getUint16, getUint32, setUint16, setUint32 } from '../../values/integers';
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
  setUint32(bytes, 0, length);
  setUint16(bytes, 4, message.type);
  setUint16(bytes, 6, message.flags);
  setUint32(bytes, 8, message.sequence);
  bytes.set(message.payload, NLMSG_HDRLEN);
  return bytes;
}

/** Decodes the messages of one datagram. Trailing bytes that make no message are dropped. */
export function decodeMessages(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  for (let offset = 0; offset + NLMSG_HDRLEN <= bytes.length; ) {
    const length = getUint32(bytes, offset);
    if (length < NLMSG_HDRLEN || offset + length > bytes.length) break;
    messages.push({
      type: getUint16(bytes, offset + 4),
      flags: getUint16(bytes, offset + 6),
      sequence: getUint32(bytes, offset + 8),
      payload: bytes.subarray(offset + NLMSG_HDRLEN, offset + length),
    });
    offset += aligned(length);
  }
  return messages;
}
