/** Clients of the agent that say whatever a test wants, byte for byte (docs/adr/0010-agent-and-client.md). */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { agentSocket } from './agent-host';
import type { PrivateHost } from './private-host';

export interface RequestParts {
  magic?: string;
  build?: string;
  type?: string;
  env?: Record<string, string>;
  stdin?: string;
}

function encodeHead({ build = '', type = 'bridge', env = {} }: RequestParts): Buffer {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return Buffer.from([build, type, ...variables].map((text) => `${text}\0`).join(''));
}

export function encodePrefix(magic: string, head: number, stdin: number): Buffer {
  const prefix = Buffer.alloc(12);
  prefix.write(magic);
  prefix.writeUInt32LE(head, 4);
  prefix.writeUInt32LE(stdin, 8);
  return prefix;
}

export function encodeRequest(parts: RequestParts): Buffer {
  const [head, stdin] = [encodeHead(parts), Buffer.from(parts.stdin ?? '{}')];
  return Buffer.concat([encodePrefix(parts.magic ?? 'TSN1', head.length, stdin.length), head, stdin]);
}

/** Sends bytes from a process on the host, keeps its side open, and gives all that comes until the agent closes. */
export function talk(host: PrivateHost, bytes: Buffer): Promise<Buffer> {
  const socat = ['socat', '-t0.01', 'STDIO', `UNIX-CONNECT:${agentSocket}`];
  const argv = ['-t', String(host.pid), '-n', '-m', '--', ...socat];
  const client = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  client.stdin.on('error', () => {});
  client.stdin.write(bytes);
  return collect(client);
}

function collect(client: ChildProcess): Promise<Buffer> {
  const pieces: Buffer[] = [];
  client.stdout!.on('data', (piece) => pieces.push(piece));
  return new Promise((resolve) =>
    client.once('close', () => {
      client.stdin!.destroy();
      resolve(Buffer.concat(pieces));
    }),
  );
}

/**
 * A client that is not on the host but finds its socket, as a process in another namespace may. It sends its pieces one
 * after the other and gives all that comes until the agent closes.
 */
export function talkFromOutside(host: PrivateHost, ...pieces: Buffer[]): Promise<Buffer> {
  const answer: Buffer[] = [];
  return new Promise((resolve) => {
    const socket = connect(`/proc/${host.pid}/root${agentSocket}`, async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await setTimeout(2);
      }
    });
    socket.on('data', (piece) => answer.push(piece));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(answer)));
  });
}
