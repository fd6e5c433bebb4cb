/** Agents that behave as a test wants, well or badly: they speak the protocol of docs/adr/0010 to the client. */
import type { ChildProcess } from 'node:child_process';
import type { PrivateHost } from './private-host';

/**
 * How an agent behaves with every request. `echo`: standard input becomes standard output, the head standard error, and
 * the exit code is 7. `echo-on-signal`: the same, but only at SIGUSR2. `late`: accepts when the client has given up;
 * `half-a-second`: `echo`, after that.
 */
export type Behaviour =
  | 'echo'
  | 'echo-in-pieces'
  | 'echo-on-signal'
  | 'much'
  | 'refuse'
  | 'refuse-unread'
  | 'close'
  | 'garbage'
  | 'silent'
  | 'late'
  | 'half-a-second'
  | 'accept-silent'
  | 'accept-die'
  | 'accept-half'
  | 'accept-garbage'
  | 'accept-too-much';

const program = `
const { mkdirSync, rmSync, chownSync } = require('node:fs');
const [behaviour, uid] = process.argv.slice(1);
const say = (line) => process.stdout.write(line + '\\n');
const frame = (kind, payload) => {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeUInt32LE(payload.length, 1);
  return Buffer.concat([head, payload]);
};
const all = (out, err, code) =>
  Buffer.concat([Buffer.from('A'), frame('2', err), frame('1', out), frame('0', Buffer.from([code]))]);
const waiting = [];
process.on('SIGUSR2', () => waiting.splice(0).forEach((answer) => answer()));

function inPieces(socket, bytes) {
  if (bytes.length === 0) return socket.end();
  socket.write(bytes.subarray(0, 1), () => setImmediate(inPieces, socket, bytes.subarray(1)));
}
const million = (letter) => Buffer.alloc(1e6, letter);

const behaviours = {
  echo: (socket, { head, input }) => socket.end(all(input, head, 7)),
  'echo-in-pieces': (socket, { head, input }) => inPieces(socket, all(input, head, 7)),
  'echo-on-signal': (socket, { head, input }) => waiting.push(() => socket.end(all(input, head, 7))),
  much: (socket) => {
    socket.write('A');
    for (const letter of 'abcde') socket.write(Buffer.concat([frame('1', million(letter)), frame('2', million(letter))]));
    socket.end(frame('0', Buffer.from([0])));
  },
  refuse: (socket) => socket.end('R'),
  close: (socket) => socket.destroy(),
  garbage: (socket) => socket.end('HTTP/1.1 400 Bad Request'),
  silent: () => {},
  late: (socket) => socket.once('end', () => socket.write('A', (error) => say('late: ' + (error ? error.code : 'taken')))),
  'half-a-second': (socket, { head, input }) =>
    setTimeout(() => socket.end(all(input, head, 7), (error) => say('answer: ' + (error ? error.code : 'taken'))), 500),
  'accept-silent': (socket) => socket.write('A'),
  'accept-die': (socket) => socket.write('A', () => process.kill(process.pid, 'SIGKILL')),
  'accept-half': (socket, { input }) => socket.end(all(input, input, 0).subarray(0, -7)),
  'accept-garbage': (socket) => socket.end('AHTTP/1.1 400 Bad Request'),
  'accept-too-much': (socket) => {
    socket.write('A');
    for (let i = 0; i < 40; i++) socket.write(frame('1', million('x')));
    socket.end(frame('0', Buffer.from([0])));
  },
};

function parse(bytes) {
  if (bytes.length < 12) return undefined;
  const [start, end] = [12 + bytes.readUInt32LE(4), 12 + bytes.readUInt32LE(4) + bytes.readUInt32LE(8)];
  if (bytes.length < end) return undefined;
  return { magic: bytes.toString('latin1', 0, 4), head: bytes.subarray(12, start), input: bytes.subarray(start, end) };
}

function serve(socket) {
  socket.on('error', () => {});
  let open = true;
  for (const event of ['end', 'close'])
    socket.on(event, () => {
      if (open) say('closed');
      open = false;
    });
  socket.resume();
  if (behaviour === 'refuse-unread') return socket.write('R');
  let [bytes, wanted] = [Buffer.alloc(0), 0];
  const chunks = [];
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    wanted -= chunk.length;
    if (wanted > 0) return;
    bytes = Buffer.concat([bytes, ...chunks.splice(0)]);
    const request = parse(bytes);
    if (!request) {
      wanted = bytes.length < 12 ? 1 : 12 + bytes.readUInt32LE(4) + bytes.readUInt32LE(8) - bytes.length;
      return;
    }
    say('request ' + request.magic + ' ' + request.input.length);
    behaviours[behaviour](socket, request);
  });
}

mkdirSync('/run/tsnet', { recursive: true, mode: 0o755 });
rmSync('/run/tsnet/agent.sock', { force: true });
if (uid) {
  chownSync('/run/tsnet', Number(uid), Number(uid));
  process.setuid(Number(uid));
}
require('node:net')
  .createServer({ allowHalfOpen: true }, serve)
  .listen({ path: '/run/tsnet/agent.sock', writableAll: true }, () => say('listening'));
`;

export class FakeAgent {
  readonly process: ChildProcess;
  #log = '';

  private constructor(process: ChildProcess) {
    this.process = process;
    process.stdout!.on('data', (chunk) => {
      this.#log += chunk;
    });
    process.stderr!.pipe(globalThis.process.stderr);
  }

  /** Resolves when it listens on /run/tsnet/agent.sock of the host. @param uid whose process it is; root's unless told */
  static async start(host: PrivateHost, behaviour: Behaviour, uid?: number): Promise<FakeAgent> {
    const user = uid === undefined ? [] : [String(uid)];
    const agent = new FakeAgent(host.start([process.execPath, '-e', program, behaviour, ...user]));
    await agent.until('listening');
    return agent;
  }

  /** What it said so far: `request <magic> <bytes of standard input>`, `closed`, `late: <error>`. */
  get lines(): string[] {
    return this.#log.split('\n').filter((line) => line !== '' && line !== 'listening');
  }

  /** Resolves when it has said the line; fails the test when it ends first. */
  until(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.#log.split('\n').some((said) => said.startsWith(line))) resolve();
      };
      this.process.stdout!.on('data', look);
      this.process.once('exit', (code) => reject(new Error(`fake agent ended (${code}) before "${line}"`)));
      look();
    });
  }

  /** Kills it; its socket file stays. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
  }
}
