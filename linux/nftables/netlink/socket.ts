/**
 * A NETLINK_NETFILTER socket (linux/netfilter/nfnetlink.h): single requests, dumps, and batches, which the kernel carries
 * out as a whole or not at all. It belongs to one namespace for life.
 */
import { constants } from 'node:os';
import { SyscallError } from '../../errors';
import { check, close, closeAsync, lastErrno, recv, retryInterrupted, send, sendAsync } from '../../libc';
import { acknowledgedError } from '../../netlink/acknowledgement';
import {
  decodeMessages,
  encodeMessage,
  type Message,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from '../../netlink/message';
import { type Batch, batchError } from './batch';
import { makeRoomToSend, openEndpoint } from './endpoint';
import type { NftRequest } from './message';

const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;

/** What fits the kernel's default, net.core.wmem_default, with its own accounting. */
const usualSendSize = 64 * 1024;
const datagramSize = 256 * 1024;
const maxDumpTries = 20;
/** Requests; their answers fit the receive buffer. */
const mostAtOnce = 256;

export class NetfilterSocket {
  readonly fd: number;
  readonly #datagram = Buffer.allocUnsafeSlow(datagramSize);
  #sequence = 0;
  #sendSize = usualSendSize;
  #open = true;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /**
   * Opens a socket in the namespace of the calling thread.
   * @throws SyscallError
   */
  static open(): NetfilterSocket {
    return new NetfilterSocket(openEndpoint());
  }

  /**
   * Asks for one object.
   * @throws SyscallError ENOENT when it is absent
   */
  get(request: NftRequest): Message {
    const sequence = this.#sendOne(request, 0);
    for (;;) {
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        if (message.type !== NLMSG_ERROR) return message;
        throw acknowledgedError(message, request) ?? noAnswer(request.operation);
      }
    }
  }

  /**
   * Asks for single objects, many at a time. Each is answered by one message.
   * @returns answers in the order of the requests; undefined for what is absent
   * @throws SyscallError for any other refusal
   */
  findEach(requests: readonly NftRequest[]): (Message | undefined)[] {
    const answers: (Message | undefined)[] = [];
    for (let from = 0; from < requests.length; from += mostAtOnce)
      answers.push(...this.#findSome(requests.slice(from, from + mostAtOnce)));
    return answers;
  }

  #findSome(requests: readonly NftRequest[]): (Message | undefined)[] {
    const first = (this.#sequence + 1) >>> 0;
    this.#sequence = (this.#sequence + requests.length) >>> 0;
    const messages = requests.map(({ type, body }, at) =>
      encodeMessage({ type, flags: NLM_F_REQUEST, sequence: (first + at) >>> 0, payload: body }),
    );
    this.#send(Buffer.concat(messages));
    const answers = new Map<number, Message>();
    while (answers.size < requests.length)
      for (const message of this.#receive()) {
        const at = (message.sequence - first) >>> 0;
        if (at < requests.length) answers.set(at, message);
      }
    return requests.map((request, at) => presentOrThrow(answers.get(at)!, request));
  }

  /**
   * Lists objects. A dump that a change interrupted is repeated.
   * @throws SyscallError EINTR when no dump was consistent in 20 tries; ENOENT when there is no such table or set
   */
  dump(request: NftRequest): Message[] {
    for (let attempt = 0; attempt < maxDumpTries; attempt += 1) {
      const messages = this.#dumpOnce(request);
      if (messages) return messages;
    }
    throw new SyscallError(request.operation, constants.errno.EINTR, 'the list kept changing');
  }

  #dumpOnce(request: NftRequest): Message[] | undefined {
    const sequence = this.#sendOne(request, NLM_F_DUMP);
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
        return interrupted ? undefined : messages;
      }
    }
  }

  /** @throws SyscallError of the first message that the kernel refused */
  commit(batch: Batch): void {
    const { first, datagram } = this.#encode(batch);
    this.#send(datagram);
    this.#conclude(batch, first);
  }

  /** As {@link commit}, but the kernel works on another thread. Nothing else may be asked until it is done. */
  async commitAside(batch: Batch): Promise<void> {
    const { first, datagram } = this.#encode(batch);
    this.#prepare(datagram.length);
    const sent = await sendAsync(this.fd, datagram, datagram.length, 0);
    // What was not sent was not seen by the kernel either.
    if (sent === -1) this.#send(datagram);
    this.#conclude(batch, first);
  }

  #encode(batch: Batch): { first: number; datagram: Buffer } {
    const first = (this.#sequence + 1) >>> 0;
    this.#sequence = (first + batch.length - 1) >>> 0;
    return { first, datagram: batch.encode(first) };
  }

  #conclude(batch: Batch, first: number): void {
    const error = batchError(batch, first, this.#drain());
    if (error) throw error;
  }

  #sendOne({ type, flags = 0, body }: NftRequest, more: number): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    const header = { type, flags: NLM_F_REQUEST | flags | more, sequence: this.#sequence };
    this.#send(encodeMessage({ ...header, payload: body }));
    return this.#sequence;
  }

  #send(datagram: Buffer): void {
    this.#prepare(datagram.length);
    check(
      'send on netfilter socket',
      retryInterrupted(() => send(this.fd, datagram, datagram.length, 0)),
    );
  }

  /** A closed descriptor's number may be another file's by now. */
  #prepare(length: number): void {
    if (!this.#open) throw new SyscallError('send on netfilter socket', constants.errno.EBADF);
    if (length <= this.#sendSize) return;
    makeRoomToSend(this.fd, length);
    this.#sendSize = length;
  }

  #receive(): Message[] {
    const length = check('receive on netfilter socket', this.#read(0));
    if (length > datagramSize)
      throw new SyscallError('receive on netfilter socket', constants.errno.EMSGSIZE, `${length} bytes`);
    return decodeMessages(Buffer.from(this.#datagram.subarray(0, length)));
  }

  #read(flags: number): number {
    return retryInterrupted(() => recv(this.fd, this.#datagram, datagramSize, MSG_TRUNC | flags));
  }

  /** All that the kernel has answered: it works inside send(2), so nothing comes later. */
  #drain(): Message[] {
    const messages: Message[] = [];
    for (;;) {
      const length = this.#read(MSG_DONTWAIT);
      if (length >= 0) {
        messages.push(...decodeMessages(Buffer.from(this.#datagram.subarray(0, length))));
        continue;
      }
      const errno = lastErrno();
      // Answers beyond the buffer were dropped; what came first is there and decides.
      if (errno === constants.errno.ENOBUFS) continue;
      if (errno === constants.errno.EAGAIN) return messages;
      throw new SyscallError('receive on netfilter socket', errno);
    }
  }

  /** Closing twice is fine. */
  close(): void {
    if (this.#open) close(this.fd);
    this.#open = false;
  }

  /** As {@link close}, on another thread: after a deletion close(2) waits until no packet can meet what was deleted (RCU). */
  closeAside(): void {
    if (this.#open) closeAsync(this.fd).catch(() => undefined);
    this.#open = false;
  }
}

function noAnswer(operation: string): SyscallError {
  return new SyscallError(operation, constants.errno.EIO, 'the kernel gave no answer');
}

/** The object that the message has; undefined when it says that there is none. */
function presentOrThrow(message: Message, request: NftRequest): Message | undefined {
  if (message.type !== NLMSG_ERROR) return message;
  if (message.payload.readInt32LE() === -constants.errno.ENOENT) return undefined;
  throw acknowledgedError(message, request) ?? noAnswer(request.operation);
}
