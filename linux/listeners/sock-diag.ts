/**
 * Listening sockets by sock_diag(7): `struct inet_diag_req_v2`, `struct inet_diag_msg` and INET_DIAG_* of
 * linux/inet_diag.h. The kernel walks only sockets of the wanted state, however many connections there are, and hands
 * out only those of the wanted ports.
 */

import { getUint32, setUint32 } from '../../values/integers';
import { AF_INET, AF_INET6 } from '../address/ip-address';
import { AttributeTable, attribute } from '../netlink/attribute';
import type { Message } from '../netlink/message';
import { NetlinkSocket } from '../netlink/socket';
import { boundAddressText, type ListeningSocket, type PortSpan } from './model';

const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const INET_DIAG_REQ_BYTECODE = 1;
const INET_DIAG_BC_S_GE = 2;
const INET_DIAG_BC_S_LE = 3;
const INET_DIAG_SKV6ONLY = 11;
const requestSize = 56;
const messageSize = 72;
const sourcePortAt = 4;
const sourceAddressAt = 8;
const inodeAt = 68;

/** Protocol number and wanted state: TCP_LISTEN; TCP_CLOSE, which is what a bound UDP socket without peer is in. */
const questions = { tcp: { protocol: 6, state: 10 }, udp: { protocol: 17, state: 7 } } as const;

export type DiagProtocol = keyof typeof questions;
type Family = typeof AF_INET | typeof AF_INET6;

/** `struct inet_diag_bc_op`: code, offset of what follows a yes, offset of what follows a no. */
function instruction(code: number, yes: number, no: number): Buffer {
  return Buffer.of(code, yes, no & 0xff, no >> 8);
}

/** A comparison takes the port from the instruction behind it. To jump four bytes beyond the end is to refuse. */
function compareSourcePort(code: number, port: number, left: number): Buffer {
  return Buffer.concat([instruction(code, 8, left + 4), instruction(0, 0, port)]);
}

/** The kernel's filter for a span of source ports. */
function encodeFilter({ first, last }: PortSpan): Buffer {
  return Buffer.concat([
    compareSourcePort(INET_DIAG_BC_S_GE, first, 16),
    compareSourcePort(INET_DIAG_BC_S_LE, last, 8),
  ]);
}

/** Payload of one question. @param span ports of 0 to 65535 */
export function encodeQuestion(of: DiagProtocol, family: Family, span: PortSpan): Buffer {
  const { protocol, state } = questions[of];
  const request = Buffer.alloc(requestSize);
  request.set([family, protocol]);
  setUint32(request, 4, 1 << state);
  return Buffer.concat([request, attribute(INET_DIAG_REQ_BYTECODE, encodeFilter(span))]);
}

/** `struct inet_diag_msg` and its attributes. */
export function decodeSocket({ payload }: Pick<Message, 'payload'>): ListeningSocket {
  const addressSize = payload[0] === AF_INET ? 4 : 16;
  const table = new AttributeTable(payload.subarray(messageSize));
  return {
    addresses: [boundAddressText(payload.subarray(sourceAddressAt, sourceAddressAt + addressSize))],
    port: payload.readUInt16BE(sourcePortAt),
    inode: String(getUint32(payload, inodeAt)),
    v6Only: table.u8(INET_DIAG_SKV6ONLY) === 1,
  };
}

/**
 * Asks in the network namespace of the calling thread.
 * @throws SyscallError ENOENT when this kernel does not answer for the protocol; ENOSYS where FFI is turned off
 */
export function listByDiag(protocol: DiagProtocol, span: PortSpan): ListeningSocket[] {
  using socket = NetlinkSocket.open(NETLINK_SOCK_DIAG);
  return [AF_INET, AF_INET6].flatMap((family) =>
    socket
      .dump({
        operation: `list ${protocol} listeners`,
        type: SOCK_DIAG_BY_FAMILY,
        body: encodeQuestion(protocol, family as Family, span),
      })
      .map(decodeSocket),
  );
}
