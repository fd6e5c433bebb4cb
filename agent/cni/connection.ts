/** One client, from its connection to its answer. A call runs once, or not at all (docs/adr/0010-agent-and-client.md). */
import type { Socket } from 'node:net';
import { descriptorOf, getPeerCredentials } from '../../linux/peer-credentials';
import type { Surroundings } from '../../linux/surroundings';
import type { Log } from '../log';
import { findRefusal, findStranger } from './acceptance';
import { startCall } from './call';
import { describeCall } from './call-line';
import { accepted, type CallAnswer, type CallRequest, encodeAnswer, refused } from './frames';
import { receiveRequest } from './incoming';
import type { Ledger } from './ledger';
import { answerStatus, statusType } from './status';

/** Calls that are open at once: far above any burst of a container runtime. */
const mostCalls = 1_000;

/** Milliseconds in which a client reads its answer. */
const longestReading = 10_000;

/** What all connections share. */
export interface Desk {
  own: Surroundings;
  ledger: Ledger;
  log: Log;
  /** Whether new calls are taken. */
  open: boolean;
}

/** Serves one client. Never rejects. */
export async function serveConnection(socket: Socket, desk: Desk): Promise<void> {
  const gone = watchClient(socket);
  try {
    const peer = getPeerCredentials(descriptorOf(socket));
    const request = await receiveRequest(socket);
    if (request.type === statusType) return await serveStatus(socket, desk);
    const reason = findStranger(peer, desk.own) ?? findRefusal(request) ?? findShortage(desk);
    if (reason !== undefined) return refuse(socket, desk, reason);
    await send(socket, accepted);
    await serveCall(socket, request, { desk, gone });
  } catch (error) {
    desk.log.debug(`connection: ${(error as Error).message}`);
    socket.destroy();
  }
}

/** Fires when the client has closed its side: it keeps it open until it has its answer. */
function watchClient(socket: Socket): AbortSignal {
  const controller = new AbortController();
  // an error is followed by `close`, and writers get theirs
  socket.on('error', () => {});
  socket.on('end', () => socket.destroy());
  socket.on('close', () => controller.abort());
  return controller.signal;
}

function findShortage({ open, ledger }: Desk): string | undefined {
  if (!open) return 'the agent ends';
  return ledger.counts.running < mostCalls ? undefined : `${mostCalls} calls are open`;
}

function refuse(socket: Socket, { ledger, log }: Desk, reason: string): void {
  ledger.refuse();
  log.debug(`left to the client: ${reason}`);
  socket.end(refused, () => socket.destroy());
}

/** Resolves when the kernel has taken the bytes; rejects when the client can no longer read them. */
function send(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** For whoever may open the socket, of whatever build: to be asked just when something is not as it should be. */
async function serveStatus(socket: Socket, { ledger }: Desk): Promise<void> {
  await send(socket, accepted);
  await answer(socket, answerStatus(ledger.counts));
}

async function serveCall(
  socket: Socket,
  request: CallRequest,
  { desk: { ledger, log }, gone }: { desk: Desk; gone: AbortSignal },
): Promise<void> {
  const started = performance.now();
  const call = startCall(request, { gone, log });
  ledger.begin(call.settled);
  const outcome = await call.answer;
  ledger.end(outcome.exitCode);
  const line = describeCall(request, outcome, performance.now() - started);
  if (outcome.exitCode === 0) log.debug(line);
  else log.info(line);
  await answer(socket, outcome);
}

async function answer(socket: Socket, outcome: CallAnswer): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), longestReading);
  await send(socket, encodeAnswer(outcome)).finally(() => clearTimeout(timer));
  socket.destroy();
}
