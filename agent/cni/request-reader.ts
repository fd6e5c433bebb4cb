/** A request put together from the pieces in which a stream brings it. Pure. */
import { type CallRequest, FrameError, parseHead, parsePrefix, prefixBytes } from './frames';

export class RequestReader {
  readonly #pieces: Buffer[] = [];
  #received = 0;
  #lengths: { head: number; stdin: number } | undefined;

  /**
   * Takes the next piece.
   * @returns the request when it is complete
   * @throws FrameError when this is not the protocol, or more came than was announced
   */
  push(piece: Buffer): CallRequest | undefined {
    this.#pieces.push(piece);
    this.#received += piece.length;
    if (this.#received < prefixBytes) return undefined;
    this.#lengths ??= parsePrefix(this.#joined());
    const { head, stdin } = this.#lengths;
    const rest = this.#received - prefixBytes - head - stdin;
    if (rest > 0) throw new FrameError(`read request: ${rest} bytes after its end`);
    if (rest < 0) return undefined;
    const whole = this.#joined();
    const headEnd = prefixBytes + head;
    return { ...parseHead(whole.subarray(prefixBytes, headEnd)), stdin: whole.subarray(headEnd) };
  }

  #joined(): Buffer {
    return this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
  }
}
