/** One accepted call, from its request to its answer. */
import { dispatch, formatError } from '../../cni/dispatch';
import { CniError, ErrorCode } from '../../cni/errors';
import type { Platform } from '../../cni/platform';
import { newestVersion } from '../../cni/versions';
import { runProcess } from '../../linux/command';
import { describeDefect, type Log } from '../log';
import { withDeadline } from './deadline';
import type { CallAnswer, CallRequest } from './frames';
import { watchAdds } from './interruptible';
import { builtinIpam, getPlugin, isOwnNetns } from './registry';

/** Milliseconds that a call may take (docs/adr/0010-agent-and-client.md). */
const longestCall = 180_000;
/** Milliseconds that an ADD whose time is over gets for undoing. */
const graceForUndo = 10_000;

export interface CallOptions {
  /** Fires when the client is gone. */
  gone: AbortSignal;
  log: Log;
}

/** A call under way. */
export interface OpenCall {
  /** Never rejects, and comes in time whatever the call does. */
  answer: Promise<CallAnswer>;
  /** Resolves when nothing of the call goes on. */
  settled: Promise<void>;
}

/** Starts a call. The environment is what the client sent, and this process's own PATH for what it starts. */
export function startCall(request: CallRequest, { gone, log }: CallOptions): OpenCall {
  const interruption = new AbortController();
  gone.addEventListener('abort', () => interruption.abort('its client is gone'), { once: true });
  const { plugin, settle } = watchAdds(getPlugin(request.type));
  const env = { ...request.env, PATH: process.env.PATH };
  const served = dispatch(
    { env, stdin: request.stdin, signal: interruption.signal },
    plugin,
    createPlatform(interruption.signal),
  ).catch((error) => answerDefect(error, log));
  return {
    answer: withDeadline(served, {
      deadline: longestCall,
      grace: graceForUndo,
      interrupt: () => interruption.abort(`it took longer than ${longestCall / 1000} s`),
      late: lateAnswer,
    }),
    settled: served.then(settle).catch((error) => log.error(`after a call: ${describeDefect(error)}`)),
  };
}

/** What is started for an ADD ends with it. Everything else that was begun is finished. */
function createPlatform(interrupted: AbortSignal): Platform {
  return {
    builtinIpam,
    isOwnNetns,
    runProcess: (spec) =>
      runProcess({
        ...spec,
        timeout: longestCall,
        ...(spec.env.CNI_COMMAND === 'ADD' ? { signal: interrupted } : {}),
      }),
  };
}

/** As an executable answers what it did not catch. */
function answerDefect(error: unknown, log: Log): CallAnswer {
  log.error(`escaped from a call: ${describeDefect(error)}`);
  return { stdout: formatError(error, newestVersion), stderr: '', exitCode: 1 };
}

function lateAnswer(): CallAnswer {
  const error = new CniError(ErrorCode.tryAgainLater, `call took longer than ${longestCall / 1000} s`);
  return { stdout: formatError(error, newestVersion), stderr: '', exitCode: 1 };
}
