/** Requests to the kernel, and the datagram that carries several of them. Pure. */
import { encodeMessage, NLM_F_ACK, NLM_F_REQUEST } from './message';

/** One request: message type, extra flags, the fixed structure with its attributes, and how an error names it. */
export interface Request {
  /** `verb thing`, the first half of an error's message. */
  operation: string;
  type: number;
  flags?: number;
  body: Buffer;
  /** The kernel answers it by one message or an error: an acknowledgement besides would be one message more to read. */
  answered?: boolean;
}

/** @param flags besides those of each request; NLM_F_ACK only where nothing else answers */
export function encodeRequests(
  requests: readonly Request[],
  { first, flags }: { first: number; flags: number },
): Buffer {
  return Buffer.concat(
    requests.map(({ type, flags: own = 0, body, answered }, at) =>
      encodeMessage({
        type,
        flags: NLM_F_REQUEST | own | (answered ? flags & ~NLM_F_ACK : flags),
        sequence: (first + at) >>> 0,
        payload: body,
      }),
    ),
  );
}
