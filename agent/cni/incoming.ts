/** Reading one request from a connection, within limits. */
import type { Socket } from 'node:net';
import { hasCode } from '../../linux/errors';
import { type CallRequest, FrameError } from './frames';
import { RequestReader } from './request-reader';

/** Milliseconds for the whole of a request: a client has all of it before it connects. */
const longestRequest = 2_000;

/**
 * Resolves with the request. From then on the stream is read only to learn that the client has gone: what it sends closes
 * the connection.
 * @throws FrameError when it is not one, is late, or ends early
 */
export function receiveRequest(socket: Socket): Promise<CallRequest> {
  return new Promise((resolve, reject) => {
    const reader = new RequestReader();
    const fail = (error: FrameError) => {
      clearTimeout(timer);
      reject(error);
      socket.destroy();
    };
    const timer = setTimeout(() => fail(new FrameError('read request: too slow')), longestRequest);
    socket.on('close', () => fail(new FrameError('read request: client left')));
    socket.on('data', (piece) => {
      try {
        const request = reader.push(piece);
        if (request === undefined) return;
        clearTimeout(timer);
        resolve(request);
      } catch (error) {
        if (!hasCode(error, 'FRAME')) throw error;
        fail(error as FrameError);
      }
    });
  });
}
