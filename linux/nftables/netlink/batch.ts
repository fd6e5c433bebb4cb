/**
 * A batch of nfnetlink: requests between two markers, carried out as a whole or not at all. Only the last request asks for
 * an acknowledgement; refusals come in any case, each with the sequence number of what was refused.
 */
import { constants } from 'node:os';
import { SyscallError } from '../../errors';
import { acknowledgedError } from '../../netlink/acknowledgement';
import { encodeMessage, type Message, NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR } from '../../netlink/message';
import { be32 } from './attribute';
import {
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFNL_SUBSYS_NFTABLES,
  type NftRequest,
  nfgenmsg,
} from './message';

const NFNL_BATCH_GENID = 1;
const operation = 'change nftables';

export class Batch {
  readonly #requests: readonly NftRequest[];

  /** @param generation the number that the ruleset must still have */
  constructor(requests: readonly NftRequest[], generation?: number) {
    const conditions = generation === undefined ? [] : [be32(NFNL_BATCH_GENID, generation)];
    const marker = (type: number, attributes: Buffer[]): NftRequest => ({
      operation,
      type,
      body: nfgenmsg(0, attributes, NFNL_SUBSYS_NFTABLES),
    });
    const last = requests.length - 1;
    this.#requests = [
      marker(NFNL_MSG_BATCH_BEGIN, conditions),
      ...requests.map((request, at) =>
        at === last ? { ...request, flags: (request.flags ?? 0) | NLM_F_ACK } : request,
      ),
      marker(NFNL_MSG_BATCH_END, []),
    ];
  }

  /** How many sequence numbers it takes. */
  get length(): number {
    return this.#requests.length;
  }

  /** The request with this number in the batch. */
  at(index: number): NftRequest | undefined {
    return this.#requests[index];
  }

  /** @param first sequence number of the first message */
  encode(first: number): Buffer {
    return Buffer.concat(
      this.#requests.map(({ type, flags = 0, body }, at) =>
        encodeMessage({
          type,
          flags: NLM_F_REQUEST | flags,
          sequence: (first + at) >>> 0,
          payload: body,
        }),
      ),
    );
  }
}

/** Why the kernel did not do it: its first refusal. Undefined when it acknowledged the last request and refused none. */
export function batchError(
  batch: Batch,
  first: number,
  answers: readonly Message[],
): SyscallError | undefined {
  let acknowledged = false;
  for (const message of answers) {
    const at = (message.sequence - first) >>> 0;
    const request = batch.at(at);
    if (!request || message.type !== NLMSG_ERROR) continue;
    const error = acknowledgedError(message, request);
    if (error) return error;
    acknowledged ||= at === batch.length - 2;
  }
  return acknowledged
    ? undefined
    : new SyscallError(operation, constants.errno.ENOBUFS, 'the answer was lost');
}
