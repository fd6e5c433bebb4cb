/** A netlink socket (netlink(7), rtnetlink(7)): requests, dumps, acknowledgements. It belongs to one namespace for life. */
import { constants } from 'node:os';
import { SyscallError } from '../errors';
import { check, close, lastErrno, recv, retryInterrupted, send, sendAsync } from '../libc';
import { Netns } from '../netns/netns';
import { acknowledgedError } from './acknowledgement';
import {
  decodeMessages,
  type Message,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLMSG_DONE,
  NLMSG_ERROR,
} from './message';
import { Replies, type Reply } from './replies';
import { encodeRequests, type Request } from './request';
import { openNetlink } from './socket-options';

export type { Request } from './request';
export { openNetlink } from './socket-options';

export const NETLINK_ROUTE = 0;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;

/** The kernel builds dump datagrams of at most 32 KiB; a single reply may be larger where a device has many virtual functions. */
const datagramSize = 256 * 1024;
/** One for all sockets: what is received is copied out before anything else can run. */
let datagram: Buffer | undefined;
const maxDumpTries = 20;
const receiving = 'receive on netlink socket';

export class NetlinkSocket implements Disposable {
  readonly #fd: number;
  #sequence = 0;
  #open = true;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Opens a socket in the namespace of the calling thread.
   * @param family NETLINK_* of linux/netlink.h: which part of the kernel answers
   * @param group one of the family's groups, whose notifications {@link receiveNow} gives
   * @throws SyscallError EPROTONOSUPPORT when this kernel has no such part
   */
  static open(family = NETLINK_ROUTE, group?: number): NetlinkSocket {
    return new NetlinkSocket(openNetlink(family, group));
  }

  /** The namespace that it belongs to. @throws SyscallError as {@link Netns.ofSocket} */
  openNetns(): Netns {
    return Netns.ofSocket(this.#fd);
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
   * Sends several requests in one datagram. The kernel carries out every one of them in order, also those after one that
   * failed: batch only what does no harm then.
   */
  exchange(requests: readonly Request[]): Reply[] {
    const { bytes, first } = this.#encode(requests, NLM_F_ACK);
    this.#send(bytes);
    const replies = new Replies(requests, first);
    while (!replies.complete) for (const message of this.#receive()) replies.take(message);
    return replies.list;
  }

  /** As {@link exchange}, for requests in which the kernel waits for long: a worker thread sends them. Do not close it before. */
  async exchangeAside(requests: readonly Request[]): Promise<Reply[]> {
    if (requests.length === 0) return [];
    const { bytes, first } = this.#encode(requests, NLM_F_ACK);
    // What failed on the other thread fails here again, where its errno can be read.
    if ((await sendAsync(this.#fd, bytes, bytes.length, 0)) === -1) this.#send(bytes);
    const replies = new Replies(requests, first);
    while (!replies.complete) for (const message of this.#receive()) replies.take(message);
    return replies.list;
  }

  /** What has been received and not been read. Notifications that did not fit the buffer are lost without a word. */
  receiveNow(): Message[] {
    const found: Message[] = [];
    for (let datagrams = 0; datagrams < maxDatagrams; datagrams += 1) {
      const length = this.#receiveInto(MSG_DONTWAIT);
      if (length >= 0) found.push(...decodeMessages(copyOfDatagram(length)));
      else if (lastErrno() === constants.errno.EAGAIN) break;
      else if (lastErrno() !== constants.errno.ENOBUFS) check(receiving, length);
    }
    return found;
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
    const all = [...this.#datagramsOf(request)].flat();
    const messages = all.filter(({ type }) => !isEnd(type));
    return { messages, interrupted: all.some(({ flags }) => (flags & NLM_F_DUMP_INTR) !== 0) };
  }

  /**
   * As {@link dump}, but datagram by datagram, as far as somebody reads. A change meanwhile may hide an object. A socket
   * that was not read to the end takes no further dump.
   */
  *dumpInParts(request: Request): Generator<Message[]> {
    for (const messages of this.#datagramsOf(request)) yield messages.filter(({ type }) => !isEnd(type));
  }

  *#datagramsOf(request: Request): Generator<Message[]> {
    const { bytes, first } = this.#encode([request], NLM_F_DUMP);
    this.#send(bytes);
    for (let end: Message | undefined; !end; ) {
      const messages = this.#receive().filter(({ sequence }) => sequence === first);
      end = messages.find(({ type }) => isEnd(type));
      const error = end && acknowledgedError(end, request);
      if (error) throw error;
      yield messages;
    }
  }

  /** One datagram, and the sequence number of its first request. */
  #encode(requests: readonly Request[], flags: number): { bytes: Buffer; first: number } {
    if (!this.#open) throw new SyscallError('send on netlink socket', constants.errno.EBADF);
    const first = (this.#sequence + 1) >>> 0;
    this.#sequence = (first + requests.length - 1) >>> 0;
    return { bytes: encodeRequests(requests, { first, flags }), first };
  }

  #send(bytes: Buffer): void {
    check(
      'send on netlink socket',
      retryInterrupted(() => send(this.#fd, bytes, bytes.length, 0)),
    );
  }

  #receive(): Message[] {
    return decodeMessages(copyOfDatagram(check(receiving, this.#receiveInto(0))));
  }

  #receiveInto(flags: number): number {
    datagram ??= Buffer.allocUnsafeSlow(datagramSize);
    const target = datagram;
    return retryInterrupted(() => recv(this.#fd, target, datagramSize, MSG_TRUNC | flags));
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

function isEnd(type: number): boolean {
  return type === NLMSG_DONE || type === NLMSG_ERROR;
}

/** At one look; the rest waits for the next. */
const maxDatagrams = 10_000;

function copyOfDatagram(length: number): Buffer {
  if (length > datagramSize) throw new SyscallError(receiving, constants.errno.EMSGSIZE, `${length} bytes`);
  return Buffer.from(datagram!.subarray(0, length));
}
