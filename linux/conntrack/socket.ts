/**
 * A netlink socket for requests that make the kernel walk a large table, 80 ms for a full one: it works on another thread
 * meanwhile, so that an event loop goes on.
 */

import { check, close, recv, recvAsync, retryInterrupted, send, sendAsync } from '../libc';
import { acknowledgedError } from '../netlink/acknowledgement';
import {
  decodeMessages,
  encodeMessage,
  type Message,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from '../netlink/message';
import { openNetlink, type Request } from '../netlink/socket';

const NETLINK_NETFILTER = 12;
/** The kernel answers in datagrams of at most 32 KiB. */
const datagramSize = 64 * 1024;
/** Acknowledgements of this many requests fit any receive buffer. */
const batchSize = 256;

export class PatientSocket implements Disposable {
  readonly #fd: number;
  readonly #datagram = Buffer.allocUnsafeSlow(datagramSize);
  #sequence = 0;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Opens a netfilter socket in the namespace of the calling thread. @throws SyscallError EPROTONOSUPPORT */
  static open(): PatientSocket {
    return new PatientSocket(openNetlink(NETLINK_NETFILTER));
  }

  /**
   * Makes requests that do not depend on each other, all of them, whatever becomes of the others.
   * @returns the failures
   */
  async requestAll(requests: readonly Request[]): Promise<Error[]> {
    const failures: Error[] = [];
    for (let from = 0; from < requests.length; from += batchSize)
      failures.push(...(await this.#requestBatch(requests.slice(from, from + batchSize))));
    return failures;
  }

  /** The messages of each datagram as it comes. Must be read to the end. @throws SyscallError */
  async *dump(request: Request): AsyncGenerator<Message[]> {
    const sequence = await this.#send([request], NLM_F_DUMP);
    for (;;) {
      const messages = (await this.#receive()).filter((message) => message.sequence === sequence);
      const last = messages.find(({ type }) => type === NLMSG_DONE || type === NLMSG_ERROR);
      yield messages.filter((message) => message !== last);
      const error = last && acknowledgedError(last, request);
      if (error) throw error;
      if (last) return;
    }
  }

  async #requestBatch(requests: readonly Request[]): Promise<Error[]> {
    const first = await this.#send(requests, NLM_F_ACK);
    const failures: Error[] = [];
    for (let pending = requests.length; pending > 0; ) {
      for (const message of await this.#receive()) {
        if (message.type !== NLMSG_ERROR) continue;
        const error = acknowledgedError(message, requests[message.sequence - first]!);
        if (error) failures.push(error);
        pending -= 1;
      }
    }
    return failures;
  }

  /** Gives the sequence number of the first request. */
  async #send(requests: readonly Request[], flags: number): Promise<number> {
    const first = this.#sequence + 1;
    this.#sequence += requests.length;
    const messages = requests.map(({ type, body }, at) =>
      encodeMessage({ type, flags: NLM_F_REQUEST | flags, sequence: first + at, payload: body }),
    );
    const datagram = Buffer.concat(messages);
    // what failed was not carried out, and fails again where its errno can be read
    if ((await sendAsync(this.#fd, datagram, datagram.length, 0)) === -1)
      check(
        'send on netlink socket',
        retryInterrupted(() => send(this.#fd, datagram, datagram.length, 0)),
      );
    return first;
  }

  async #receive(): Promise<Message[]> {
    let length = await recvAsync(this.#fd, this.#datagram, datagramSize, 0);
    if (length === -1)
      length = check(
        'receive on netlink socket',
        retryInterrupted(() => recv(this.#fd, this.#datagram, datagramSize, 0)),
      );
    return decodeMessages(Buffer.from(this.#datagram.subarray(0, length)));
  }

  [Symbol.dispose](): void {
    close(this.#fd);
  }
}
