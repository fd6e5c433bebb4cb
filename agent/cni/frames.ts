/** The bytes between client and agent (docs/adr/0010-agent-and-client.md). Pure. */

/** One call as the client sent it. */
export interface CallRequest {
  build: string;
  type: string;
  /** `CNI_*` and TRACEPARENT. */
  env: Readonly<Record<string, string>>;
  stdin: Buffer;
}

/** What a call printed and how it ended. */
export interface CallAnswer {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** Bytes of magic and the two lengths. */
export const prefixBytes = 12;
export const longestHead = 1 << 20;
export const longestStdin = 16 << 20;
export const accepted = Buffer.from('A');
export const refused = Buffer.from('R');

/** Bytes before a frame's payload: its kind and its length. */
const frameStart = 5;
const magic = Buffer.from('TSN1');
const carried = /^(CNI_.*|TRACEPARENT)$/s;

/** What a client sent is not of this protocol. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code = 'FRAME';
}

/** Lengths of head and standard input in bytes, read from the first {@link prefixBytes}. @throws FrameError */
export function parsePrefix(prefix: Buffer): { head: number; stdin: number } {
  if (!prefix.subarray(0, magic.length).equals(magic))
    throw new FrameError('read request: not this protocol');
  const head = prefix.readUInt32LE(4);
  const stdin = prefix.readUInt32LE(8);
  if (head > longestHead || stdin > longestStdin)
    throw new FrameError(`read request: head of ${head} and input of ${stdin} bytes are too long`);
  return { head, stdin };
}

/** @throws FrameError for a head without build and type, a text without its end, or a variable that is not carried */
export function parseHead(head: Buffer): Omit<CallRequest, 'stdin'> {
  const texts = head.toString().split('\0');
  if (texts.pop() !== '') throw new FrameError('read request: last text of the head has no end');
  const [build, type, ...variables] = texts;
  if (build === undefined || type === undefined) throw new FrameError('read request: no build or type');
  return { build, type, env: parseVariables(variables) };
}

/** Of a name that comes twice the first counts, as getenv(3) has it. */
function parseVariables(variables: readonly string[]): Record<string, string> {
  const pairs = variables.map((text): [string, string] => {
    const [name] = text.split('=', 1) as [string];
    if (name.length === text.length || !carried.test(name))
      throw new FrameError('read request: a variable that is not carried');
    return [name, text.slice(name.length + 1)];
  });
  return Object.fromEntries(pairs.reverse());
}

/** Standard error goes first, as the executables write it. */
export function encodeAnswer({ stdout, stderr, exitCode }: CallAnswer): Buffer {
  return Buffer.concat([
    ...encodeFrame('2', Buffer.from(stderr)),
    ...encodeFrame('1', Buffer.from(stdout)),
    ...encodeFrame('0', Buffer.from([exitCode])),
  ]);
}

function encodeFrame(kind: '0' | '1' | '2', payload: Buffer): Buffer[] {
  if (payload.length === 0) return [];
  const start = Buffer.alloc(frameStart);
  start.write(kind, 'latin1');
  start.writeUInt32LE(payload.length, 1);
  return [start, payload];
}

/** As a client does. */
export function encodeRequest({ build, type, env, stdin }: CallRequest): Buffer {
  const texts = [build, type, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  const head = Buffer.from(texts.map((text) => `${text}\0`).join(''));
  const prefix = Buffer.alloc(prefixBytes);
  magic.copy(prefix);
  prefix.writeUInt32LE(head.length, 4);
  prefix.writeUInt32LE(stdin.length, 8);
  return Buffer.concat([prefix, head, stdin]);
}

/** The answer in a complete sequence of frames. @throws FrameError when it is not complete */
export function decodeAnswer(frames: Buffer): CallAnswer {
  const streams: Record<string, Buffer[]> = { '1': [], '2': [] };
  for (let rest = frames; rest.length >= frameStart; ) {
    const kind = rest.toString('latin1', 0, 1);
    const end = frameStart + rest.readUInt32LE(1);
    const payload = rest.subarray(frameStart, end);
    if (kind === '0' && payload.length === 1) return { ...decodeStreams(streams), exitCode: payload[0]! };
    streams[kind]?.push(payload);
    rest = rest.subarray(end);
  }
  throw new FrameError('read answer: it has no end');
}

function decodeStreams(streams: Record<string, Buffer[]>): { stdout: string; stderr: string } {
  const text = (kind: string) => Buffer.concat(streams[kind] ?? []).toString();
  return { stdout: text('1'), stderr: text('2') };
}
