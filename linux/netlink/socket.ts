/** A netlink socket (netlink(7), rtnetlink(7)): requests, dumps, acknowledgements. It belongs to one namespace for life. */
import { constants } from 'node:os';
import { SyscallError } from '../errors';
import { check, close, connect, recv, retryInterrupted, send, setsockopt, socket } from '../libc';
import { acknowledgedError } from './acknowledgement';
import {
  decodeMessages,
  encodeMessage,
  type Message,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from './message';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_ROUTE = 0;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;
const MSG_TRUNC = 0x20;

const receiveBufferSize = 4 * 1024 * 1024;
/** The kernel builds dump datagrams of at most 32 KiB; a single reply may be larger where a device has many virtual functions. */
const datagramSize = 256 * 1024;
const maxDumpTries = 20;

/** One request: message type, extra flags, the fixed structure with its attributes, and how an error names it. */
export interface Request {
  /** `verb thing`, the first half of an error's message. */
  operation: string;
  type: number;
  flags?: number;
  body: Buffer;
}

/** What one request of a batch came to. */
export interface Reply {
  messages: Message[];
  error?: SyscallError;
}

export class NetlinkSocket implements Disposable {
  readonly #fd: number;
  readonly #datagram = Buffer.allocUnsafeSlow(datagramSize);
  #sequence = 0;
  #open = true;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Opens a socket in the namespace of the calling thread.
   * @param family NETLINK_* of linux/netlink.h: which part of the kernel answers
   * @throws SyscallError EPROTONOSUPPORT when this kernel has no such part
   */
  static open(family = NETLINK_ROUTE): NetlinkSocket {
    return new NetlinkSocket(openNetlink(family));
  }

  /**
   * Sends one request and gives the messages that answer it.
   * @throws SyscallError
   */
  request(request: Request): Message[] {
    const [reply] = this.exchange([request]);
    if (reply!.error) throw reply!.error;
    return reply!.messages;
  }

  /**
   * Sends several requests at once. The kernel carries out every one of them in order, also those after one that
   * failed: batch only requests that do not depend on each other.
   */
  exchange(requests: readonly Request[]): Reply[] {
    const first = this.#send(requests, NLM_F_ACK);
    const replies = requests.map((): Reply => ({ messages: [] }));
    for (let pending = requests.length; pending > 0; ) {
      for (const message of this.#receive()) {
        const at = (message.sequence - first) >>> 0;
        const reply = replies[at];
        if (!reply) continue;
        if (message.type === NLMSG_ERROR) {
          const error = acknowledgedError(message, requests[at]!);
          if (error) reply.error = error;
          pending -= 1;
        } else reply.messages.push(message);
      }
    }
    return replies;
  }

  /**
   * Lists objects. A dump that a change interrupted is repeated.
   * @throws SyscallError EINTR when no dump was consistent in 20 tries
   */
  dump(request: Request): Message[] {
    for (let attempt = 0; attempt < maxDumpTries; attempt += 1) {
      const { messages, interrupted } = this.#dumpOnce(request);
      if (!interrupted) return messages;
    }
    throw new SyscallError(request.operation, constants.errno.EINTR, 'the list kept changing');
  }

  #dumpOnce(request: Request): { messages: Message[]; interrupted: boolean } {
    const sequence = this.#send([request], NLM_F_DUMP);
    const messages: Message[] = [];
    for (let interrupted = false; ; ) {
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        interrupted ||= (message.flags & NLM_F_DUMP_INTR) !== 0;
        if (message.type !== NLMSG_DONE && message.type !== NLMSG_ERROR) {
          messages.push(message);
          continue;
        }
        const error = acknowledgedError(message, request);
        if (error) throw error;
        return { messages, interrupted };
      }
    }
  }

  /** Sends requests in one datagram and gives the sequence number of the first. */
  #send(requests: readonly Request[], flags: number): number {
    if (!this.#open) throw new SyscallError('send on netlink socket', constants.errno.EBADF);
    const first = (this.#sequence + 1) >>> 0;
    const datagram = Buffer.concat(
      requests.map(({ type, flags: own = 0, body }, at) =>
        encodeMessage({
          type,
          flags: NLM_F_REQUEST | flags | own,
          sequence: (first + at) >>> 0,
          payload: body,
        }),
      ),
    );
    this.#sequence = (first + requests.length - 1) >>> 0;
    check(
      'send on netlink socket',
      retryInterrupted(() => send(this.#fd, datagram, datagram.length, 0)),
    );
    return first;
  }

  #receive(): Message[] {
    const length = check(
      'receive on netlink socket',
      retryInterrupted(() => recv(this.#fd, this.#datagram, datagramSize, MSG_TRUNC)),
    );
    if (length > datagramSize)
      throw new SyscallError('receive on netlink socket', constants.errno.EMSGSIZE, `${length} bytes`);
    return decodeMessages(Buffer.from(this.#datagram.subarray(0, length)));
  }

  /** Closing twice is fine. */
  close(): void {
    if (this.#open) close(this.#fd);
    this.#open = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * A descriptor that is connected to the kernel, for those who wait for it in their own way.
 * @throws SyscallError as {@link NetlinkSocket.open}
 */
export function openNetlink(family: number): number {
  const fd = check('open netlink socket', socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family));
  try {
    setOptions(fd);
    connectToKernel(fd);
  } catch (error) {
    close(fd);
    throw error;
  }
  return fd;
}

/** Old kernels lack some of these; all that is lost then is detail in errors and speed of lists. */
function setOptions(fd: number): void {
  const on = Buffer.of(1, 0, 0, 0);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(receiveBufferSize);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size, size.length);
  for (const option of [NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK])
    setsockopt(fd, SOL_NETLINK, option, on, on.length);
}

/** A connected netlink socket takes messages from its peer only, here port 0: no other process can answer for the kernel. */
function connectToKernel(fd: number): void {
  const kernelAddress = Buffer.alloc(12);
  kernelAddress.writeUInt16LE(AF_NETLINK);
  check('connect netlink socket', connect(fd, kernelAddress, kernelAddress.length));
}
