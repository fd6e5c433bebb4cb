/** What makes the agent end: a signal, or a defect that nobody caught. */
import type { EventEmitter } from 'node:events';
import { describeDefect, type Log } from './log';

export interface Ending {
  reason: string;
  exitCode: 0 | 1;
}

/**
 * Resolves when the agent is to end. A defect ends it too, since nobody knows what state it left behind: calls that run
 * are still finished, then the service manager starts another agent. Whatever comes later is only logged.
 * @param process whose events these are
 */
export function awaitEnding(log: Log, process: EventEmitter): Promise<Ending> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => resolve({ reason: signal, exitCode: 0 }));
    const fail = (error: unknown) => {
      log.error(`uncaught: ${describeDefect(error)}`);
      resolve({ reason: 'a defect', exitCode: 1 });
    };
    process.on('uncaughtException', fail);
    process.on('unhandledRejection', fail);
  });
}
