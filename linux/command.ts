/** The only importer of execa: external commands, started without a shell. */
import type { Options, SyncOptions } from 'execa';
import { CommandError } from './errors';

/** Input, environment and deadline of one command. */
export interface CommandOptions {
  /** Text for standard input; without it standard input is empty. */
  input?: string;
  /** Variables added to the caller's environment. */
  env?: Record<string, string>;
  /** Milliseconds after which the command is killed; 30 s unless told. */
  timeout?: number;
  /** Open descriptors that the command gets as its own 3, 4 and so on. All others stay with the caller. */
  inherit?: readonly number[];
}

const defaultTimeout = 30_000;

/** Variables that would make a child slow (Node parses the bundle at its start) or let the caller inject code into it. */
const dropped = { NODE_EXTRA_CA_CERTS: undefined, NODE_OPTIONS: undefined };

function execaOptions(options: CommandOptions) {
  return {
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeout ?? defaultTimeout,
    maxBuffer: 256 * 1024 * 1024,
    env: { ...options.env, ...dropped },
    ...(options.input === undefined ? {} : { input: options.input }),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...(options.inherit ?? [])] as [
      'ignore' | 'pipe',
      'pipe',
      'pipe',
      ...number[],
    ],
  };
}

interface Outcome {
  failed: boolean;
  exitCode?: number | undefined;
  code?: string | undefined;
  timedOut: boolean;
  stdout?: unknown;
  stderr?: unknown;
}

function stdoutOf(argv: readonly string[], outcome: Outcome): string {
  if (!outcome.failed) return String(outcome.stdout ?? '');
  const code = outcome.timedOut ? 'ETIMEDOUT' : (outcome.code ?? 'EXIT');
  throw new CommandError(argv, { code, exitCode: outcome.exitCode, stderr: String(outcome.stderr ?? '') });
}

/**
 * Runs a command to its end and gives its standard output.
 * @throws CommandError when it cannot be started, exits non-zero, or passes its deadline
 */
export async function run(
  argv: readonly [string, ...string[]],
  options: CommandOptions = {},
): Promise<string> {
  const { execa } = await import('execa');
  const [file, ...args] = argv;
  return stdoutOf(argv, (await execa(file, args, execaOptions(options) as Options)) as Outcome);
}

/** As {@link run}, but blocks: for code inside a namespace, where nothing asynchronous may happen. */
export function runSync(argv: readonly [string, ...string[]], options: CommandOptions = {}): string {
  const { execaSync } = require('execa') as typeof import('execa');
  const [file, ...args] = argv;
  return stdoutOf(argv, execaSync(file, args, execaOptions(options) as SyncOptions) as Outcome);
}

/** A process run for its own answer, whatever its exit code. */
export interface ProcessSpec {
  /** Absolute path; started without arguments. */
  file: string;
  stdin: Uint8Array;
  /** The whole environment; nothing of the caller's is added. */
  env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which the process is ended; never unless told. */
  timeout?: number;
  /** Ends the process when it fires. */
  signal?: AbortSignal;
}

/** `exitCode` is undefined when a signal killed it. */
export interface ProcessOutcome {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** Characters of each stream: far above any answer, far below what the error text of a larger one would take. */
const longestAnswer = 16 * 1024 * 1024;

/**
 * Runs a process to its end and gives what it said. One that says more than 16 MiB is ended.
 * @throws CommandError when it cannot be started
 */
export async function runProcess({
  file,
  stdin,
  env,
  timeout = 0,
  signal,
}: ProcessSpec): Promise<ProcessOutcome> {
  const { execa } = await import('execa');
  const options = {
    reject: false,
    stripFinalNewline: false,
    extendEnv: false,
    env,
    input: stdin,
    timeout,
    maxBuffer: longestAnswer,
    ...(signal && { cancelSignal: signal }),
  };
  const outcome = (await execa(file, [], options as Options)) as Outcome & { signal?: string };
  const stderr = String(outcome.stderr ?? '');
  if (outcome.exitCode === undefined && outcome.signal === undefined)
    throw new CommandError([file], { code: outcome.code ?? 'EXIT', stderr });
  return { exitCode: outcome.exitCode, stdout: String(outcome.stdout ?? ''), stderr };
}
