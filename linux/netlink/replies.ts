/** What the kernel answers to the requests of one datagram, put together from the messages that come back. */
import type { SyscallError } from '../errors';
import { acknowledgedError } from './acknowledgement';
import { type Message, NLMSG_ERROR } from './message';
import type { Request } from './request';

/** What one request of several came to. */
export interface Reply {
  messages: Message[];
  error?: SyscallError;
}

export class Replies {
  readonly list: Reply[];
  readonly #requests: readonly Request[];
  readonly #first: number;
  readonly #pending: Set<number>;

  /** @param first the sequence number of the first request; the others' follow */
  constructor(requests: readonly Request[], first: number) {
    this.#requests = requests;
    this.#first = first;
    this.list = requests.map(() => ({ messages: [] }));
    this.#pending = new Set(requests.keys());
  }

  /** Whether every request is answered. */
  get complete(): boolean {
    return this.#pending.size === 0;
  }

  /** A message with another's sequence number is no answer to these. */
  take(message: Message): void {
    const at = (message.sequence - this.#first) >>> 0;
    const [request, reply] = [this.#requests[at], this.list[at]];
    if (!request || !reply) return;
    if (message.type === NLMSG_ERROR) {
      const error = acknowledgedError(message, request);
      if (error) reply.error = error;
    } else reply.messages.push(message);
    if (message.type === NLMSG_ERROR || request.answered) this.#pending.delete(at);
  }
}
