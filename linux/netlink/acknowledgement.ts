/**
 * What the kernel answers to a request: an errno and, where it says more, a text and the attribute it objects to
 * (linux/netlink.h `struct nlmsgerr`, `enum nlmsgerr_attrs`).
 */

import { getInt32, getUint16, getUint32 } from '../../values/integers';
import { SyscallError } from '../errors';
import { AttributeTable } from './attribute';
import { type Message, NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_DONE, NLMSG_HDRLEN } from './message';

const NLMSGERR_ATTR_MSG = 1;
const NLMSGERR_ATTR_OFFS = 2;

/** The part of a request that an acknowledgement is read against. */
export interface Acknowledged {
  operation: string;
  /** The request's payload: its fixed structure and its attributes. */
  body: Buffer;
}

/** Where the attributes of an acknowledgement start: after the errno and the echo of the request. */
function attributesOffset(message: Message): number {
  if (message.type === NLMSG_DONE) return 4;
  const echoed = message.flags & NLM_F_CAPPED ? NLMSG_HDRLEN : getUint32(message.payload, 4);
  return 4 + echoed;
}

/** Names the attribute of the request that starts at `offset`, which counts from the start of the message. */
function offender(body: Buffer, offset: number | undefined): string {
  const at = (offset ?? 0) - NLMSG_HDRLEN;
  return at >= 0 && at + 4 <= body.length ? ` (attribute ${getUint16(body, at + 2) & 0x3fff})` : '';
}

/** The error that an NLMSG_ERROR or NLMSG_DONE message carries; undefined when it reports success. */
export function acknowledgedError(message: Message, request: Acknowledged): SyscallError | undefined {
  const errno = message.payload.length >= 4 ? -getInt32(message.payload, 0) : 0;
  if (errno <= 0) return undefined;
  if (!(message.flags & NLM_F_ACK_TLVS)) return new SyscallError(request.operation, errno);
  const details = new AttributeTable(message.payload.subarray(attributesOffset(message)));
  const cause = details.text(NLMSGERR_ATTR_MSG);
  const objection = offender(request.body, details.u32(NLMSGERR_ATTR_OFFS));
  return new SyscallError(request.operation, errno, cause && `${cause}${objection}`);
}
