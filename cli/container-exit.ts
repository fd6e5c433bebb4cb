/** Exit codes of commands that stand for a container's program, as Docker has them. */
import type { Launch } from '../runtime/launch/launcher';
import { reportFailure } from './failure';

/** Commands that stand for a program: their exit code is the program's. */
const programCommands = ['run', 'exec'];

/** tsnet itself failed; the program cannot be executed; the program was not found. */
const ContainerExit = { runtime: 125, cannotExecute: 126, notFound: 127 } as const;

/** Of wrong arguments to `command`, where other commands have `usual`. */
export function usageExitCode(command: string | undefined, usual: number): number {
  return programCommands.includes(command ?? '') ? ContainerExit.runtime : usual;
}

interface LaunchFailure {
  name?: unknown;
  code?: unknown;
  inProgram?: unknown;
}

function launchExitCode(error: unknown, refused: number): number {
  const { name, code, inProgram } = (error ?? {}) as LaunchFailure;
  if (name !== 'LaunchError') return refused;
  if (!inProgram) return ContainerExit.runtime;
  return code === 'ENOENT' || code === 'ENOTDIR' ? ContainerExit.notFound : ContainerExit.cannotExecute;
}

/**
 * Runs `action`, which gives the exit code of a program; a failure is reported, and becomes 125, 126 or 127.
 * @param refused exit code when there was nothing to run the program in
 */
export async function exitAsContainer(
  action: () => Promise<number>,
  refused: number = ContainerExit.runtime,
): Promise<void> {
  try {
    process.exitCode = await action();
  } catch (error) {
    if ((error as LaunchFailure | undefined)?.code === 'USAGE') throw error;
    reportFailure(error, 'tsnet --help');
    process.exitCode = launchExitCode(error, refused);
  }
}

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

/** Signals for this command go to the program instead. Those that come before there is one wait for it. */
export class SignalForwarder {
  readonly #waiting: NodeJS.Signals[] = [];
  #send: (signal: NodeJS.Signals) => void = (signal) => this.#waiting.push(signal);

  constructor() {
    for (const signal of forwarded) process.on(signal, () => this.#send(signal));
  }

  to({ signal }: Launch): void {
    this.#send = signal;
    for (const waiting of this.#waiting.splice(0)) signal(waiting);
  }
}
