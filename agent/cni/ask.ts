/** The other side of the socket, as far as the command line needs it. */
import { connect } from 'node:net';
import { buildIdentity } from '../../cni/build-marker';
import { accepted, decodeAnswer, encodeRequest } from './frames';
import { type AgentStatus, statusType } from './status';

/** No socket, or one that an agent left when it was killed. */
const absent = ['ENOENT', 'ECONNREFUSED'];

/** Milliseconds: an agent that is busy for longer is not well. */
const patience = 5_000;

/** @throws Error with the code of the socket, or ETIMEDOUT, when no agent answers at `path` */
export async function askStatus(path: string): Promise<AgentStatus> {
  const request = { build: buildIdentity, type: statusType, env: {}, stdin: Buffer.alloc(0) };
  const reply = await exchange(path, encodeRequest(request));
  if (!reply.subarray(0, 1).equals(accepted)) throw failure(path, 'EPROTO', 'it does not speak of itself');
  return JSON.parse(decodeAnswer(reply.subarray(1)).stdout) as AgentStatus;
}

function exchange(path: string, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const socket = connect(path, () => socket.write(request));
    socket.setTimeout(patience, () => socket.destroy(failure(path, 'ETIMEDOUT', 'no answer')));
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(failure(path, code ?? 'EIO', absent.includes(code ?? '') ? 'no agent runs here' : message)),
    );
    socket.on('close', () => resolve(Buffer.concat(pieces)));
  });
}

function failure(path: string, code: string, cause: string): Error {
  return Object.assign(new Error(`ask agent "${path}": ${cause}`), { code });
}
